/// A result that cannot be written is a failure.

#include <doctest/doctest.h>

#include "tests/client/program_fixture.hpp"

using test::answering;
using test::as_customer;
using test::as_operator;
using test::Child;
using test::FakeServer;
using test::Finished;
using test::Words;

namespace {

Finished write_to(const std::string& output, const Words& arguments,
                  const std::string& input = "") {
  return Child(arguments, {input, {}, output, {}}).finish();
}

}  // namespace

TEST_CASE("every command that cannot write its result has status 1 and says why") {
  FakeServer number(answering(":12500\r\n"));
  FakeServer map(answering(test::array({"outcome", "committed", "violations", ":0"})));
  FakeServer maps(answering("*0\r\n"));
  FakeServer ok(answering("+OK\r\n"));
  const std::string pin = test::write_file(ok.folder(), "new", "98765\n");
  const std::vector<Words> commands{as_customer(number, {"deposit", "1"}),
                                    as_customer(number, {"withdraw", "1"}),
                                    as_customer(number, {"transfer", "9", "1"}),
                                    as_customer(number, {"balance"}),
                                    as_customer(number, {"--json", "balance"}),
                                    as_customer(maps, {"history"}),
                                    as_customer(map, {"status", "k"}),
                                    as_customer(ok, {"passwd", "--new-pin-file", pin}),
                                    as_customer(number, {"bench", "--requests", "2"}),
                                    as_operator(number, {"admin", "create", "--pin-file", pin}),
                                    as_operator(number, {"admin", "cancel-all"}),
                                    as_operator(map, {"admin", "audit"}),
                                    as_operator(maps, {"admin", "list"}),
                                    as_operator(ok, {"admin", "freeze", "7"}),
                                    {"--help"},
                                    {"--version"},
                                    {"deposit", "--help"}};
  for (const Words& command : commands) {
    CAPTURE(command.back());
    const Finished done = write_to("/dev/full", command);
    CHECK(done.status == 1);
    CHECK(done.err ==
          "atm: done, but the result could not be written to standard output: No space left on "
          "device\n");
  }
}

TEST_CASE("a refusal in JSON that cannot be written keeps its status") {
  FakeServer server(answering("-CANCELLED key k was cancelled\r\n"));
  const Finished done = write_to("/dev/full", as_customer(server, {"--json", "deposit", "1"}));
  CHECK(done.status == 3);
  CHECK(done.err ==
        "atm: the result could not be written to standard output: No space left on device\n");
}

TEST_CASE("a broken pipe has status 1 without a word") {
  FakeServer server(answering(":12500\r\n"));
  const Finished done = write_to("|", as_customer(server, {"balance"}));
  CHECK(done.status == 1);
  CHECK(done.err == "");
}

TEST_CASE("with standard output closed the result is not sent to the server") {
  FakeServer server(answering(":12500\r\n"));
  CHECK(write_to("-", as_customer(server, {"balance"})).status == 1);
  const auto received = server.received();
  REQUIRE(received.size() == 2);
  CHECK(received[0].words.at(0) == "AUTH");
  CHECK(received[1].words.at(0) == "BALANCE");
}

TEST_CASE("a script ends with the first command whose result was not written") {
  FakeServer server(answering(":12500\r\n"));
  CHECK(write_to("/dev/full", as_customer(server, {}), "deposit 1\ndeposit 2\n").status == 1);
  CHECK(server.received("DEPOSIT").size() == 1);
}
