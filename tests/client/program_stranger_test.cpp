/// A peer that speaks RESP and is not an atm-server.

#include <doctest/doctest.h>

#include "tests/client/program_fixture.hpp"

using test::answering;
using test::as_customer;
using test::as_operator;
using test::FakeServer;
using test::Finished;
using test::run_atm;

TEST_CASE("a peer that answers everything with OK is not taken for an atm-server") {
  FakeServer server(answering("+OK\r\n"));
  const Finished write =
      run_atm(as_customer(server, {"--retry-for", "0", "deposit", "1", "--key", "k1"}));
  CHECK_MESSAGE(write.status == 4, "the reply was believed");
  CHECK(write.out == "");
  CHECK(write.err == test::containing("is it an atm-server?"));
  CHECK(write.err == test::containing("key k1"));
  const Finished read = run_atm(as_customer(server, {"--retry-for", "0", "balance"}));
  CHECK_MESSAGE(read.status == 5, "the reply was believed");
  CHECK(read.out == "");
  for (const char* command : {"list", "audit", "info", "clients"}) {
    CAPTURE(command);
    const Finished done = run_atm(as_operator(server, {"--retry-for", "0", "admin", command}));
    CHECK_MESSAGE(done.status == 5, "the reply was believed");
    CHECK(done.out == "");
  }
}
