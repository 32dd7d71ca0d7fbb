#pragma once

/// A fake server with a deposit in flight, which sends events to a client that watches.

#include "tests/client/program_fixture.hpp"

namespace test {

inline const std::string deposit =
    array({"handle", "1-5", "op", "deposit", "account", ":1", "to", ":0", "key", "k", "stage",
           "running", "point", "locked", "age_us", ":2000"});
inline const std::string events =
    array({":1", ":1000", "1-6", "admitted", "balance", ":2", ":0", "", ":4", "teller"}) +
    array({":2", ":2000", "1-5", "cancel", "operator", "stolen card"}) +
    array({":3", ":3500", "1-5", "cleanup", "ran", "unlock account", ":1"});
inline const std::string gone = array({":4", ":4000", "1-5", "gone"});

/// Sends these events once it is watched.
inline FakeServer::Answer watched(std::string sent) {
  return [sent = std::move(sent)](FakeServer&, const Received& one) -> std::string {
    const std::string verb = one.words.at(1);
    if (verb == "WATCH") return "+OK\r\n" + sent;
    if (verb == "LIST") return "*1\r\n" + deposit;
    if (verb == "SHOW" && one.words.at(2) == "1-5") return deposit;
    if (verb == "CANCEL") return "+CANCELLED\r\n";
    return verb == "SHOW" ? "-INVALIDHANDLE none\r\n" : "+OK\r\n";
  };
}

/// The same, but it ends the stream.
inline FakeServer::Answer watched_until_the_end(std::string sent) {
  return [sent = std::move(sent)](FakeServer& server, const Received& one) -> std::string {
    if (one.words.at(1) != "WATCH") return deposit;
    server.send(one.connection, "+OK\r\n" + sent);
    server.drop(one.connection);
    return "";
  };
}

}  // namespace test
