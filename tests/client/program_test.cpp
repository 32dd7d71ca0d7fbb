/// The output and the exit status of the program.

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "client/terminal/text.hpp"
#include "tests/client/program_fixture.hpp"

using nlohmann::json;
using test::answering;
using test::as_customer;
using test::as_operator;
using test::FakeServer;
using test::Finished;
using test::lines;
using test::Received;
using test::run_atm;
using test::Words;

TEST_CASE("a deposit prints one sentence with its balance and key") {
  FakeServer server(answering(":12500\r\n"));
  const Finished done = run_atm(as_customer(server, {"deposit", "25.00", "--key", "k1"}));
  CHECK(done.status == 0);
  CHECK(done.out == "deposited 25.00, balance 125.00 (key k1)\n");
  CHECK(done.err.empty());
}

TEST_CASE("each write without a key gets a new one") {
  FakeServer server(answering(":12500\r\n"));
  run_atm(as_customer(server, {"withdraw", "1"}));
  run_atm(as_customer(server, {"withdraw", "1"}));
  const auto received = server.received("WITHDRAW");
  REQUIRE(received.size() == 2);
  REQUIRE(received[0].words.size() == 5);
  CHECK(received[0].words[3] == "KEY");
  CHECK(received[0].words[4].size() == 36);
  CHECK(received[0].words[4] < received[1].words[4]);
}

TEST_CASE("each command sends the words of its row") {
  FakeServer server(answering("+OK\r\n"));
  const auto sent = [&](const Words& arguments) {
    const std::size_t before = server.received().size();
    Words once{"--retry-for", "0"};  // the reply fits few of them
    once.insert(once.end(), arguments.begin(), arguments.end());
    run_atm(once);
    auto received = server.received();
    REQUIRE(received.size() > before);
    return received.back().words;
  };
  CHECK(sent(as_customer(server, {"transfer", "9", "1.5", "--key", "k", "--timeout", "9"})) ==
        Words{"TRANSFER", "7", "9", "150", "KEY", "k", "TIMEOUT", "9"});
  CHECK(sent(as_customer(server, {"balance", "--timeout", "9"})) ==
        Words{"BALANCE", "7", "TIMEOUT", "9"});
  CHECK(sent(as_customer(server, {"history", "--limit", "3", "--before", "40"})) ==
        Words{"HISTORY", "7", "LIMIT", "3", "BEFORE", "40"});
  CHECK(sent(as_customer(server, {"status", "k"})) == Words{"STATUS", "7", "k"});
  CHECK(sent(as_customer(server, {"cancel", "k", "--wait", "5"})) ==
        Words{"CANCEL", "7", "k", "WAIT", "5"});
  const std::string pin = test::write_file(server.folder(), "new", "98765");
  CHECK(sent(as_customer(server, {"passwd", "--new-pin-file", pin})) ==
        Words{"PASSWD", "7", "98765"});
  CHECK(sent(as_operator(server, {"admin", "create", "--pin-file", pin, "--balance", "2", "--key",
                                  "k"})) == Words{"CREATE", "98765", "BALANCE", "200", "KEY", "k"});
  CHECK(sent(as_operator(server, {"admin", "reverse", "k", "--account", "7"})) ==
        Words{"REVERSE", "7", "k"});
  const auto admin = [&](Words words) {
    words.insert(words.begin(), "admin");
    return sent(as_operator(server, words));
  };
  CHECK(admin({"list"}) == Words{"TXN", "LIST"});
  CHECK(admin({"show", "3-81"}) == Words{"TXN", "SHOW", "3-81"});
  CHECK(admin({"cancel", "3-81", "--reason", "a b", "--wait", "5"}) ==
        Words{"TXN", "CANCEL", "3-81", "REASON", "a b", "WAIT", "5"});
  CHECK(admin({"cancel-all", "--account", "7"}) == Words{"TXN", "CANCELALL", "ACCOUNT", "7"});
  CHECK(admin({"hold", "add", "locked", "--op", "deposit"}) ==
        Words{"HOLD", "ADD", "locked", "OP", "deposit"});
  CHECK(admin({"hold", "list"}) == Words{"HOLD", "LIST"});
  CHECK(admin({"hold", "clear"}) == Words{"HOLD", "CLEAR"});
  CHECK(admin({"step", "3-81"}) == Words{"TXN", "STEP", "3-81"});
  CHECK(admin({"resume", "3-81"}) == Words{"TXN", "RESUME", "3-81"});
  CHECK(admin({"freeze", "7"}) == Words{"ACCOUNT", "FREEZE", "7"});
  CHECK(admin({"unfreeze", "7"}) == Words{"ACCOUNT", "UNFREEZE", "7"});
  CHECK(admin({"unlock", "7"}) == Words{"ACCOUNT", "UNLOCK", "7"});
  CHECK(admin({"clients"}) == Words{"CLIENT", "LIST"});
  CHECK(admin({"kill", "5"}) == Words{"CLIENT", "KILL", "5"});
  CHECK(admin({"audit"}) == Words{"AUDIT"});
  CHECK(admin({"backup", "/x"}) == Words{"BACKUP", "/x"});
  CHECK(admin({"drain"}) == Words{"DRAIN"});
  CHECK(admin({"info", "workers"}) == Words{"INFO", "workers"});
}

TEST_CASE("each error has its exit status and one line on standard error") {
  const std::vector<std::pair<std::string, int>> answers{
      {"-FUNDS only 3.00 left", 1},
      {"-FROZEN ask the bank", 1},
      {"-CANCELLED txn 3-81 by operator at locked: suspicious", 3},
      {"-CANCELLED key k was cancelled", 3},
      {"-DEADLINE it took too long", 3},
      {"-UNKNOWN ask STATUS", 4},
      {"-INPROGRESS it is running", 4},
      {"-BUSY try again", 1},
      {"-SHUTDOWN going down", 1}};
  for (const auto& one : answers) {
    const auto& answer = one.first;
    const int status = one.second;
    CAPTURE(answer);
    FakeServer server(answering(answer + "\r\n"));
    const Finished done = run_atm(as_customer(server, {"--retry-for", "0", "deposit", "1"}));
    CHECK(done.status == status);
    CHECK(done.out.empty());
    CHECK(lines(done.err) == 1);
    CHECK(done.err.starts_with("atm: "));
  }
}

TEST_CASE("a wrong PIN is refused with status 1 after one attempt") {
  FakeServer server([](FakeServer&, const Received&) { return "-WRONGPASS try again\r\n"; });
  const Finished done = run_atm(as_customer(server, {"balance"}));
  CHECK(done.status == 1);
  CHECK(done.err == "atm: WRONGPASS: try again\n");
  CHECK(server.received("AUTH").size() == 1);
}

TEST_CASE("an unknown outcome names the key and the command that asks for it") {
  FakeServer server([](FakeServer& self, const Received& one) -> std::string {
    if (one.words[0] == "AUTH") return "+OK\r\n";
    self.drop(one.connection);
    return {};
  });
  const Finished done = run_atm(as_customer(
      server, {"--retry-for", "0", "--as", "customer", "deposit", "1", "--key", "k;1"}));
  CHECK(done.status == 4);
  CHECK(lines(done.err) == 1);
  CHECK(done.err == test::containing("not known yet"));
  CHECK(done.err ==
        test::containing("atm --server " + server.address() + " --as customer --pin-file " +
                         client::shell_quoted(server.folder() + "/pin") +
                         " --account 7 status 'k;1'"));
}

TEST_CASE("without a server the status is 5, and one line names the address") {
  std::string address;
  std::string path;
  {
    FakeServer stopped(answering(""));
    address = stopped.address();
    path = stopped.socket_path();
  }
  const Finished remote = run_atm({"--server", address, "--teller-secret-file", "/dev/fd/0",
                                   "--account", "7", "--retry-for", "0", "balance"},
                                  "secret of tellers\n");
  CHECK(remote.status == 5);
  CHECK(remote.err == test::containing(address));
  CHECK(lines(remote.err) == 1);
  const Finished local = run_atm({"--admin-socket", path, "--retry-for", "0", "admin", "list"});
  CHECK(local.status == 5);
  CHECK(lines(local.err) == 1);
}

TEST_CASE("a missing account or PIN is reported in one line with status 2") {
  const Finished account = run_atm({"balance"});
  CHECK(account.status == 2);
  CHECK(account.err == "atm: which account? give --account N\n");
  const Finished pin = run_atm({"--account", "7", "balance"});
  CHECK(pin.status == 2);
  CHECK(pin.err == test::containing("--pin-file"));
  const Finished file = run_atm({"--account", "7", "--pin-file", "/nonexistent", "balance"});
  CHECK(file.status == 2);
  CHECK(lines(file.err) == 1);
}

TEST_CASE("an invalid new PIN is refused before it is sent") {
  FakeServer server(answering(":8\r\n"));
  for (const char* pin : {"123", "1234567890123", "12a4", ""}) {
    const auto file = test::write_file(server.folder(), "new", pin);
    CHECK(run_atm(as_operator(server, {"admin", "create", "--pin-file", file})).status == 2);
  }
  CHECK(server.received().empty());
}

TEST_CASE("the exit status of a cancel command follows from the verdict") {
  const std::vector<std::pair<std::string, int>> verdicts{{"+CANCELLED", 0},
                                                          {"+ALREADY", 0},
                                                          {"+TOOLATE", 1},
                                                          {"-INVALIDHANDLE gone", 1},
                                                          {"-UNKNOWN disk", 4}};
  for (const auto& one : verdicts) {
    const auto& verdict = one.first;
    const int status = one.second;
    CAPTURE(verdict);
    FakeServer server(answering(verdict + "\r\n"));
    CHECK(run_atm(as_operator(server, {"admin", "cancel", "3-81"})).status == status);
    CHECK(run_atm(as_customer(server, {"--retry-for", "0", "cancel", "k"})).status == status);
  }
}

TEST_CASE("if the reply to PASSWD is lost, logging in with the new PIN shows that it was done") {
  FakeServer server([](FakeServer& self, const Received& one) -> std::string {
    if (one.words[0] == "AUTH") {
      return one.connection == 0 || one.words[2] == "98765" ? "+OK\r\n" : "-WRONGPASS no\r\n";
    }
    self.drop(one.connection);
    return {};
  });
  const auto pin = test::write_file(server.folder(), "new", "98765");
  const Finished done = run_atm(as_customer(server, {"passwd", "--new-pin-file", pin}));
  CHECK(done.status == 0);
  CHECK(done.out == "PIN changed\n");
}

TEST_CASE("the program escapes control characters from the server") {
  FakeServer error(answering("-FUNDS \x1b[2Jgone\r\n"));
  CHECK(run_atm(as_customer(error, {"deposit", "1"})).err == "atm: FUNDS: \\x1b[2Jgone\n");
  FakeServer map(answering(test::array({"outcome", "committed", "ki\x1bnd", "\x1b]0;x\x07"})));
  const Finished done = run_atm(as_customer(map, {"status", "k"}));
  CHECK(done.out != test::containing("\x1b"));
  CHECK(done.out != test::containing("\x07"));
  FakeServer info(answering(test::bulk("a:\x1b[2J\r\n")));
  CHECK(run_atm(as_operator(info, {"admin", "info"})).out == "a:\\x1b[2J\n");
}

TEST_CASE("an audit that finds violations has status 1") {
  FakeServer sound(answering(test::array({"accounts", ":2", "violations", ":0"})));
  CHECK(run_atm(as_operator(sound, {"admin", "audit"})).status == 0);
  FakeServer unsound(answering(test::array({"accounts", ":2", "violations", ":1"})));
  CHECK(run_atm(as_operator(unsound, {"admin", "audit"})).status == 1);
}

TEST_CASE("options can be set by environment variables") {
  FakeServer server(answering(":12500\r\n"));
  const auto secret = test::write_file(server.folder(), "secret", "s3cret-s3cret\n");
  const Finished done = run_atm({"deposit", "1"}, "",
                                {"ATM_SERVER=" + server.address(), "ATM_ACCOUNT=7", "ATM_KEY=k2",
                                 "ATM_TELLER_SECRET_FILE=" + secret, "ATM_JSON=true"});
  CHECK(done.status == 0);
  CHECK(json::parse(done.out)["key"] == "k2");
  CHECK(server.received("AUTH").at(0).words == Words{"AUTH", "teller", "s3cret-s3cret"});
}

TEST_CASE("a typed key overrides that of the environment") {
  FakeServer server(answering(":12500\r\n"));
  const Finished done = run_atm(as_customer(server, {"deposit", "1", "--key", "typed"}), "",
                                {"ATM_KEY=ambient", "ATM_LIMIT=0"});
  CHECK(done.status == 0);
  CHECK(server.received("DEPOSIT").at(0).words == Words{"DEPOSIT", "7", "100", "KEY", "typed"});
}

TEST_CASE("a key whose transfer was reversed is refused, and the transfer is named") {
  FakeServer server(answering("-REVERSED key k was reversed by transfer 12\r\n"));
  const Finished done = run_atm(as_customer(server, {"deposit", "1", "--key", "k"}));
  CHECK(done.status == 1);
  CHECK(done.out == "");
  CHECK(done.err == "atm: REVERSED: key k was reversed by transfer 12\n");
}

TEST_CASE("status shows whether and how a transfer was reversed") {
  FakeServer reversed(
      answering(test::array({"outcome", "committed", "id", ":9", "reversed_by", ":12"})));
  CHECK(run_atm(as_customer(reversed, {"status", "k"})).out ==
        "it was done, and reversed since:\noutcome      committed\nid           9\n"
        "reversed_by  12\n");
  CHECK(json::parse(run_atm(as_customer(reversed, {"--json", "status", "k"})).out)["reversed_by"] ==
        12);
  FakeServer plain(
      answering(test::array({"outcome", "committed", "id", ":9", "reversed_by", ":0"})));
  CHECK(run_atm(as_customer(plain, {"status", "k"})).out ==
        "it was done:\noutcome      committed\nid           9\nreversed_by  -\n");
}

TEST_CASE("an account can be opened with a balance of zero") {
  FakeServer server(answering(":8\r\n"));
  const std::string pin = test::write_file(server.folder(), "pin", "1234\n");
  const Finished done = run_atm(
      as_operator(server, {"admin", "create", "--balance", "0", "--pin-file", pin, "--key", "k"}));
  CHECK(done.out == "account 8 created, balance 0.00 (key k)\n");
  CHECK(server.received("CREATE").at(0).words ==
        Words{"CREATE", "1234", "BALANCE", "0", "KEY", "k"});
}

TEST_CASE("create without a teller's secret is refused, and the operator's command is named") {
  FakeServer server(answering(":8\r\n"));
  const std::string pin = test::write_file(server.folder(), "pin", "1234\n");
  const Finished done = run_atm(as_operator(server, {"create", "--pin-file", pin}));
  CHECK(done.status == 2);
  CHECK(done.err == test::containing("atm admin create"));
  CHECK(server.received().empty());
}
