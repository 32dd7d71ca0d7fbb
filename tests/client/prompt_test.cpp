/// Commands read from a pipe.

#include <doctest/doctest.h>

#include "tests/client/program_fixture.hpp"

using test::FakeServer;
using test::Finished;
using test::Received;
using test::run_atm;

namespace {

std::string refuse_withdrawals(FakeServer&, const Received& one) {
  if (one.words[0] == "AUTH") return "+OK\r\n";
  if (one.words[0] == "WITHDRAW") return "-FUNDS only 3.00 left\r\n";
  return ":12500\r\n";
}

Finished pipe_into(const FakeServer& server, const std::string& input) {
  return run_atm({"--server", server.address(), "--account", "7", "--pin-file",
                  test::write_file(server.folder(), "pin", "1234\n")},
                 input);
}

}  // namespace

TEST_CASE("piped commands share one login; blank lines and comments are skipped") {
  FakeServer server(refuse_withdrawals);
  const Finished done =
      pipe_into(server, "# the day's work\n\ndeposit 1.00 --key k1\r\n  balance  \nbalance");
  CHECK(done.status == 0);
  CHECK(done.out == "deposited 1.00, balance 125.00 (key k1)\nbalance 125.00\nbalance 125.00\n");
  CHECK(server.received("AUTH").size() == 1);
}

TEST_CASE(
    "a failing line does not stop the rest, and the exit status is that of the last command") {
  FakeServer server(refuse_withdrawals);
  const Finished recovered = pipe_into(server, "withdraw 5\nnonsense\nbalance\n");
  CHECK(recovered.status == 0);
  CHECK(recovered.out == "balance 125.00\n");
  CHECK(recovered.err == test::containing("FUNDS"));
  CHECK(recovered.err == test::containing("nonsense"));
  CHECK(pipe_into(server, "balance\nwithdraw 5\n# nothing more\n").status == 1);
  CHECK(pipe_into(server, "balance\nnonsense\n").status == 2);
  CHECK(pipe_into(server, "withdraw 5\nquit\nbalance\n").status == 1);
  CHECK(pipe_into(server, "").status == 0);
}

TEST_CASE("a standard input that cannot be read is wrong usage, and one line says why") {
  for (const test::Words& words : {test::Words{}, test::Words{"admin"}, test::Words{"--json"}}) {
    CAPTURE(words);
    const Finished done = test::Child(words, {{}, {}, {}, {}, "/"}).finish();
    CHECK(done.status == 2);
    CHECK(test::lines(done.out + done.err) == 1);
    CHECK(done.out + done.err ==
          test::containing("cannot read commands from standard input: Is a directory"));
  }
}

TEST_CASE("lines piped into atm admin omit the word admin") {
  FakeServer server([](FakeServer&, const Received& one) -> std::string {
    return one.words[0] == "TXN" ? "*0\r\n" : test::array({"violations", ":0"});
  });
  const Finished done = run_atm({"--admin-socket", server.socket_path(), "admin"}, "audit\nlist\n");
  CHECK(done.status == 0);
  CHECK(server.received("AUDIT").size() == 1);
  CHECK(server.received("TXN").size() == 1);
}

TEST_CASE("--account applies to piped commands as it does to a single one") {
  FakeServer server([](FakeServer&, const Received& one) {
    return one.words[0] == "HOLD" ? "+OK\r\n" : ":1\r\n";
  });
  const test::Words alone{"--admin-socket", server.socket_path(), "--account", "7"};
  const auto sent = [&](const test::Words& more, const std::string& input) {
    test::Words all = alone;
    all.insert(all.end(), more.begin(), more.end());
    CHECK(run_atm(all, input).status == 0);
    return server.received().back().words;
  };
  const test::Words cancel{"TXN", "CANCELALL", "ACCOUNT", "7"};
  CHECK(sent({"admin", "cancel-all"}, "") == cancel);
  CHECK(sent({"admin"}, "cancel-all\n") == cancel);
  CHECK(sent({}, "admin cancel-all\n") == cancel);
  CHECK(sent({"admin"}, "hold add locked\n") ==
        test::Words{"HOLD", "ADD", "locked", "ACCOUNT", "7"});
  CHECK(sent({"admin"}, "cancel-all --account 9\n") ==
        test::Words{"TXN", "CANCELALL", "ACCOUNT", "9"});
}

TEST_CASE("piped lines ignore a key from the environment") {
  FakeServer server(refuse_withdrawals);
  run_atm({"--admin-socket", server.socket_path(), "--as", "operator", "--account", "7"},
          "deposit 1\ndeposit 1\n", {"ATM_KEY=k1"});
  const auto deposits = server.received("DEPOSIT");
  REQUIRE(deposits.size() == 2);
  CHECK(deposits[0].words.at(4) != deposits[1].words.at(4));
}

TEST_CASE("after a lost connection the next line logs in again") {
  FakeServer server([](FakeServer& self, const Received& one) -> std::string {
    if (one.words[0] == "AUTH") return "+OK\r\n";
    self.drop(one.connection);
    return {};
  });
  const Finished done = run_atm({"--server", server.address(), "--account", "7", "--retry-for", "0",
                                 "--pin-file", test::write_file(server.folder(), "pin", "1234\n")},
                                "balance\nbalance\n");
  CHECK(done.status == 5);
  CHECK(server.received("AUTH").size() == 2);
}
