#pragma once

/// Runs the program in a given role against a fake server.

#include <algorithm>
#include <string>

#include "tests/client/child.hpp"
#include "tests/client/fake_server.hpp"
#include "tests/client/matchers.hpp"

namespace test {

/// Answers only the login.
inline std::string silent_after_login(FakeServer&, const Received& one) {
  return one.words[0] == "AUTH" ? "+OK\r\n" : "";
}

inline FakeServer::Answer answering(std::string reply) {
  return [reply = std::move(reply)](FakeServer&, const Received& one) {
    return one.words[0] == "AUTH" ? "+OK\r\n" : reply;
  };
}

// Returns arguments for customer 7 with a PIN file, followed by `more`.
inline Words as_customer(const FakeServer& server, const Words& more) {
  Words all{"--server", server.address(), "--account",
            "7",        "--pin-file",     write_file(server.folder(), "pin", "1234\n")};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

inline Words as_operator(const FakeServer& server, const Words& more) {
  Words all{"--admin-socket", server.socket_path()};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

inline std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace test
