#pragma once

/// Runs a courier in the test's process, against a fake server.

#include <chrono>
#include <string>
#include <vector>

#include "client/commands/courier.hpp"
#include "tests/client/fake_server.hpp"
#include "tests/client/matchers.hpp"

namespace test {

inline const std::string ok = "+OK\r\n";

inline client::Request deposit() {
  return {{"DEPOSIT", "7", "2500", "KEY", "k1"},
          client::Nature::keyed,
          7,
          "k1",
          {},
          client::Form::integer};
}

struct Carried {
  client::Ending ending;
  std::vector<std::string> announced;
};

/// Carries a request as customer 7.
inline Carried carry(FakeServer& server, const client::Request& request,
                     client::Interrupt& interrupt,
                     std::chrono::milliseconds retry_for = std::chrono::minutes(1)) {
  client::Session session(*client::parse_endpoint(server.address()),
                          {client::Role::customer, 7, client::Secret("1234")}, interrupt);
  Carried carried;
  client::Courier courier(session, interrupt, retry_for,
                          [&](client::News news, const std::string& line) {
                            if (news == client::News::cancelling) carried.announced.push_back(line);
                          });
  carried.ending = courier.carry(request);
  return carried;
}

inline client::Ending carry(FakeServer& server, const client::Request& request,
                            std::chrono::milliseconds retry_for = std::chrono::minutes(1)) {
  client::Interrupt interrupt;
  return carry(server, request, interrupt, retry_for).ending;
}

}  // namespace test
