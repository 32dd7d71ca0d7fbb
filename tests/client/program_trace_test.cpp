/// admin trace.

#include <doctest/doctest.h>

#include "tests/client/watched_server.hpp"

using test::as_operator;
using test::Child;
using test::events;
using test::FakeServer;
using test::Finished;
using test::gone;
using test::watched;
using test::watched_until_the_end;

TEST_CASE("trace prints what is known of a transaction, and its events until it is gone") {
  FakeServer server(watched(events + gone));
  const Finished done = test::run_atm(as_operator(server, {"admin", "trace", "1-5"}));
  CHECK(done.status == 0);
  CHECK(done.err == "");
  CHECK(done.out == test::containing("point    locked\n"));
  CHECK(done.out == test::containing("\n"
                                     "       0.000 ms  cancel    by operator: stolen card\n"
                                     "       1.500 ms  cleanup   ran unlock account 1\n"
                                     "       2.000 ms  gone\n"));
  CHECK(done.out != test::containing("1-6"));
}

TEST_CASE("trace --json prints one value") {
  FakeServer server(watched(events + gone));
  const Finished done = test::run_atm(as_operator(server, {"--json", "admin", "trace", "1-5"}));
  CHECK(done.status == 0);
  CHECK(test::lines(done.out) == 1);
  CHECK(done.out == test::containing(R"("before":{"handle":"1-5")"));
  CHECK(done.out == test::containing(R"({"number":4,"time_us":4000,"event":"gone","details":[]})"));
}

TEST_CASE("trace of a transaction that is not in flight says so") {
  FakeServer server(watched(events));
  const Finished done = test::run_atm(as_operator(server, {"admin", "trace", "1-7"}));
  CHECK(done.status == 1);
  CHECK(done.out == "");
  CHECK(done.err ==
        test::containing("transaction 1-7 is not in flight: it has ended, or never was"));
}

TEST_CASE("trace prints the events of a transaction that ended as the trace began") {
  FakeServer server(watched(test::array({":1", ":1000", "1-7", "reply", "OK", "5"}) +
                            test::array({":2", ":2000", "1-7", "gone"})));
  const Finished done = test::run_atm(as_operator(server, {"admin", "trace", "1-7"}));
  CHECK(done.status == 0);
  CHECK(done.out == "       0.000 ms  reply     OK 5\n       1.000 ms  gone\n");
}

TEST_CASE("Ctrl-C ends a trace without a word") {
  FakeServer server(watched(events));
  Child atm(as_operator(server, {"admin", "trace", "1-5"}));
  REQUIRE(server.await("TXN", 2));
  atm.interrupt();
  const Finished done = atm.finish();
  CHECK(done.status == -SIGINT);
  CHECK(done.err == "");
}

TEST_CASE("a trace whose server ends does not claim to know how the transaction ended") {
  FakeServer server(watched_until_the_end(events));
  const Finished done = test::run_atm(as_operator(server, {"admin", "trace", "1-5"}));
  CHECK(done.status == 4);
  CHECK(done.err == test::containing("how transaction 1-5 ended is not known"));
}
