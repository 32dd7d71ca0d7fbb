/// `atm bench` against a fake server.

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/client/program_fixture.hpp"

using nlohmann::json;
using test::answering;
using test::as_customer;
using test::containing;
using test::FakeServer;
using test::Finished;
using test::Received;
using test::run_atm;

TEST_CASE("the benchmark sends the given number of requests and counts refusals") {
  FakeServer server(answering(":1\r\n"));
  const Finished done = run_atm(as_customer(
      server, {"--json", "bench", "--requests", "50", "--connections", "4", "--op", "deposit"}));
  CHECK(done.status == 0);
  CHECK(json::parse(done.out)["requests"] == 50);
  CHECK(server.received("AUTH").size() == 4);
  CHECK(server.received("DEPOSIT").size() == 50);
  FakeServer busy(answering("-BUSY x\r\n"));
  const Finished refused = run_atm(as_customer(busy, {"--json", "bench", "--requests", "5"}));
  CHECK(refused.status == 1);
  CHECK(json::parse(refused.out)["errors"]["BUSY"] == 5);
}

TEST_CASE("latencies of refused requests are left out") {
  int asked = 0;
  FakeServer server([&](FakeServer&, const Received& one) -> std::string {
    if (one.words[0] == "AUTH") return "+OK\r\n";
    return ++asked % 2 == 0 ? ":1\r\n" : "-BUSY x\r\n";
  });
  const Finished run =
      run_atm(as_customer(server, {"--json", "bench", "--requests", "10", "--op", "balance"}));
  CHECK(run.status == 1);
  const json result = json::parse(run.out);
  CHECK(result["requests"] == 10);
  CHECK(result["done"] == 5);
  CHECK(result["errors"]["BUSY"] == 5);
  CHECK(result["latency"]["p50_us"] <= result["latency"]["p99.9_us"]);
  CHECK(result["latency"]["p99.9_us"] <= result["latency"]["max_us"]);
  CHECK(result["generator"]["share"] >= 0);
}

TEST_CASE("a reply that does not fit its request is a failure") {
  FakeServer server(answering("+OK\r\n"));
  const Finished run = run_atm(as_customer(server, {"--json", "bench", "--requests", "3"}));
  CHECK(run.status == 1);
  CHECK(json::parse(run.out)["errors"]["UNFIT"] == 3);
}

namespace {

// Answers each deposit only after its CANCEL, so that the two are about the same request.
FakeServer::Answer cancelling(std::string verdict, std::string reply) {
  return [=, waiting = -1](FakeServer& server, const Received& one) mutable -> std::string {
    if (one.words[0] == "AUTH") return "+OK\r\n";
    if (one.words[0] == "DEPOSIT") {
      waiting = one.connection;
      return "";
    }
    server.send(waiting, reply);
    return verdict;
  };
}

Finished run_with_cancels(const FakeServer& server) {
  return run_atm(as_customer(
      server, {"--json", "bench", "--requests", "6", "--connections", "1", "--cancels", "100"}));
}

}  // namespace

TEST_CASE("writes are cancelled by key over a second connection, and the verdicts are counted") {
  FakeServer server(cancelling("+CANCELLED\r\n", "-CANCELLED txn 1-2 by customer at queued\r\n"));
  const Finished run = run_with_cancels(server);
  CHECK(run.status == 0);
  const json result = json::parse(run.out);
  CHECK(result["verdicts"]["CANCELLED"] == 6);
  CHECK(result["errors"]["CANCELLED"] == 6);
  CHECK(result["done"] == 0);
  CHECK(result["contradictions"] == 0);
  const auto deposits = server.received("DEPOSIT");
  const auto cancels = server.received("CANCEL");
  REQUIRE(deposits.size() == 6);
  REQUIRE(cancels.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(cancels[i].connection != deposits[i].connection);
    CHECK(cancels[i].words == test::Words{"CANCEL", "7", deposits[i].words.at(4)});
  }
}

TEST_CASE("a deposit that is done although its cancel succeeded is a contradiction") {
  FakeServer server(cancelling("+CANCELLED\r\n", ":5\r\n"));
  const Finished run = run_with_cancels(server);
  CHECK(run.status == 1);
  CHECK(json::parse(run.out)["contradictions"] == 6);
}

TEST_CASE("operations of Redis are sent without a login") {
  FakeServer server(answering("$2\r\n12\r\n"));
  const Finished run = run_atm({"--server", server.address(), "--json", "bench", "--op", "get",
                                "--requests", "4", "--accounts", "2"});
  CHECK(run.status == 0);
  CHECK(server.received("AUTH").empty());
  const auto gets = server.received("GET");
  REQUIRE(gets.size() == 4);
  CHECK(gets[0].words == test::Words{"GET", "1"});
}

TEST_CASE("a benchmark with a rate sends its requests and reports the rate") {
  FakeServer server(answering(":1\r\n"));
  const Finished run = run_atm(as_customer(
      server, {"--json", "bench", "--requests", "20", "--rate", "1000", "--op", "balance"}));
  CHECK(run.status == 0);
  CHECK(json::parse(run.out)["done"] == 20);
  CHECK(json::parse(run.out)["rate"] == 1000);
}

TEST_CASE("a benchmark by time measures some requests") {
  FakeServer server(answering(":1\r\n"));
  const Finished run =
      run_atm(as_customer(server, {"--json", "bench", "--seconds", "1", "--op", "balance"}));
  CHECK(run.status == 0);
  CHECK(json::parse(run.out)["done"] > 0);
  CHECK(json::parse(run.out)["seconds"] > 0);
}

TEST_CASE("a benchmark refuses arguments that contradict each other, and says what to give") {
  FakeServer server(answering(":1\r\n"));
  const Finished both =
      run_atm(as_customer(server, {"bench", "--seconds", "1", "--requests", "2"}));
  CHECK(both.status == 2);
  CHECK(both.err == containing("give --requests or --seconds, not both"));
  const Finished alone = run_atm(as_customer(server, {"bench", "--op", "deposit:1,transfer:1"}));
  CHECK(alone.status == 2);
  CHECK(alone.err == containing("--accounts 2 or more"));
}
