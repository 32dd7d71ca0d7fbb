// Malformed commands, and the precedence of errors where several apply.

#include <doctest/doctest.h>

#include "tests/server/rig/site.hpp"

using rig::Client;
using rig::show;
using rig::Site;

namespace {
using Words = std::vector<std::string>;

/// On a ledger with an account 1.
const std::vector<Words> malformed = {
    {"NONSENSE"},
    {"NONSENSE\r\n-ERR forged"},
    {""},
    {"CREATE"},
    {"CREATE", "123"},
    {"CREATE", "1234567890123"},
    {"CREATE", "12a4"},
    {"CREATE", "1234", "BALANCE"},
    {"CREATE", "1234", "TIMEOUT", "5"},
    {"DEPOSIT", "1"},
    {"DEPOSIT", "x", "1"},
    {"DEPOSIT", "-1", "1"},
    {"DEPOSIT", "1", "1.5"},
    {"DEPOSIT", "1", "+1"},
    {"DEPOSIT", "1", ""},
    {"DEPOSIT", "1", "1", "KEY"},
    {"DEPOSIT", "1", "1", "KEY", ""},
    {"DEPOSIT", "1", "1", "KEY", "two words"},
    {"DEPOSIT", "1", "1", "KEY", "tab\t"},
    {"DEPOSIT", "1", "1", "KEY", std::string(65, 'k')},
    {"DEPOSIT", "1", "1", "KEY", "k", "KEY", "k"},
    {"DEPOSIT", "1", "1", "TIMEOUT", "0"},
    {"DEPOSIT", "1", "1", "TIMEOUT", "x"},
    {"DEPOSIT", "1", "1", "NOPE", "x"},
    {"WITHDRAW", "1"},
    {"TRANSFER", "1", "2"},
    {"TRANSFER", "1", "x", "1"},
    {"BALANCE"},
    {"BALANCE", "1", "KEY", "k"},
    {"HISTORY", "1", "LIMIT", "0"},
    {"HISTORY", "1", "LIMIT", "1001"},
    {"HISTORY", "1", "BEFORE", "0"},
    {"REVERSE", "1"},
    {"REVERSE", "1", "two words"},
    {"PASSWD", "1"},
    {"PASSWD", "1", "12"},
    {"STATUS", "1"},
    {"STATUS", "1", "two words"},
    {"STATUS", "x", "k"},
    {"STATUS", "1", "k", "more"},
    {"CANCEL", "1"},
    {"CANCEL", "1", "k", "WAIT"},
    {"CANCEL", "1", "k", "WAIT", "x"},
    {"CANCEL", "1", "k", "NOPE", "1"},
    {"TXN"},
    {"TXN", "NOPE"},
    {"TXN", "LIST", "x"},
    {"TXN", "SHOW"},
    {"TXN", "CANCEL", "1-1", "WAIT"},
    {"TXN", "CANCEL", "1-1", "NOPE", "x"},
    {"TXN", "CANCEL", "1-1", "REASON", "a", "REASON", "b"},
    {"TXN", "CANCEL", "1-1", "WAIT", "1", "WAIT", "1"},
    {"TXN", "CANCELALL", "WAIT", "0"},
    {"TXN", "CANCELALL", "ACCOUNT", "1", "ACCOUNT", "1"},
    {"TXN", "CANCELALL", "ACCOUNT"},
    {"TXN", "CANCELALL", "ACCOUNT", "x"},
    {"HOLD"},
    {"HOLD", "ADD"},
    {"HOLD", "ADD", "nowhere"},
    {"HOLD", "ADD", "locked", "ACCOUNT", "x"},
    {"HOLD", "ADD", "locked", "OP", "x"},
    {"HOLD", "ADD", "locked", "OP"},
    {"ACCOUNT"},
    {"ACCOUNT", "FREEZE"},
    {"ACCOUNT", "MELT", "1"},
    {"CLIENT", "KILL"},
    {"CLIENT", "KILL", "x"},
    {"CLIENT", "KILL", "999999"},
    {"AUDIT", "x"},
    {"BACKUP"},
    {"BACKUP", "relative/path"},
    {"DRAIN", "x"},
    {"AUTH", "x"},
};
}  // namespace

TEST_CASE("account 0 is no account, in every command that names one") {
  Site site({"--teaching"});
  const auto a = site.open(100);
  const std::vector<std::vector<std::string>> all = {
      {"DEPOSIT", "0", "1"},
      {"WITHDRAW", "0", "1"},
      {"TRANSFER", "0", std::to_string(a), "1"},
      {"TRANSFER", std::to_string(a), "0", "1"},
      {"BALANCE", "0"},
      {"HISTORY", "0"},
      {"PASSWD", "0", "1234"},
      {"ACCOUNT", "FREEZE", "0"},
      {"ACCOUNT", "UNFREEZE", "00"},
      {"ACCOUNT", "UNLOCK", "0"},
      {"TXN", "CANCELALL", "ACCOUNT", "0"},
      {"HOLD", "ADD", "locked", "ACCOUNT", "0"},
  };
  for (const auto& words : all) {
    CAPTURE(Client::framed(words));
    CHECK(show(site.op().command(words)) == "-NOACCOUNT there is no account 0");
  }
}

TEST_CASE("a malformed command is answered with one line of ERR, and the connection stays usable") {
  Site site({"--teaching"});
  CHECK(site.open(100) == 1);
  for (const Words& words : malformed) {
    CAPTURE(Client::framed(words));
    const rig::Reply reply = site.op().command(words);
    CHECK(reply.code() == "ERR");
    CHECK(reply.text.find_first_of("\r\n") == reply.text.npos);
    CHECK(show(site.op()("PING")) == "+PONG");
  }
  CHECK(site.balance(1) == 100);
  site.await_quiet();
  CHECK(site.left_behind() == "requests 0, buffers 0, locks 0");
}

TEST_CASE("where several errors apply, the reply is the first in the order of precedence") {
  Site site({"--teaching"});
  const auto a = site.open(100);
  const auto b = site.open(100);
  Client guest = site.guest();
  Client customer = site.customer(a);

  INFO("ERR before NOAUTH");
  CHECK(guest("DEPOSIT", a).code() == "ERR");
  CHECK(guest("NONSENSE").code() == "ERR");
  CHECK(guest("STATUS", a).code() == "ERR");
  CHECK(guest("CANCEL", a, "k", "WAIT").code() == "ERR");
  CHECK(guest("TXN", "NOPE").code() == "ERR");
  CHECK(guest("HOLD").code() == "ERR");
  CHECK(guest("ACCOUNT", "MELT", 1).code() == "ERR");
  CHECK(guest("CLIENT", "KILL", "x").code() == "ERR");
  INFO("ERR before NOPERM");
  CHECK(customer("TRANSFER", b, b, 1).code() == "ERR");
  CHECK(customer("TXN").code() == "ERR");
  CHECK(customer("STATUS", b).code() == "ERR");
  CHECK(customer("DRAIN", "x").code() == "ERR");
  CHECK(customer("BACKUP", "relative").code() == "ERR");
  INFO("NOAUTH before AMOUNT");
  CHECK(guest("DEPOSIT", a, 0).code() == "NOAUTH");
  INFO("NOPERM before AMOUNT, and before NOACCOUNT");
  CHECK(customer("DEPOSIT", b, 0).code() == "NOPERM");
  CHECK(customer("DEPOSIT", 999, 1).code() == "NOPERM");
  INFO("AMOUNT before NOACCOUNT");
  CHECK(site.op()("DEPOSIT", 999, 0).code() == "AMOUNT");
  INFO("NOACCOUNT before FROZEN, FROZEN before FUNDS");
  site.op()("ACCOUNT", "FREEZE", b);
  CHECK(site.op()("TRANSFER", b, 999, 1).code() == "NOACCOUNT");
  CHECK(site.op()("TRANSFER", 999, b, 1).code() == "NOACCOUNT");
  CHECK(site.op()("TRANSFER", a, b, 101).code() == "FROZEN");
  CHECK(site.op()("WITHDRAW", b, 101).code() == "FROZEN");
}

TEST_CASE("a used key takes precedence over the account's state, and INPROGRESS over the key") {
  Site site({"--teaching"});
  const auto a = site.open(100);
  Client customer = site.customer(a);
  CHECK(show(customer("WITHDRAW", a, 100, "KEY", "k")) == ":0");
  site.op()("ACCOUNT", "FREEZE", a);
  CHECK(show(customer("WITHDRAW", a, 100, "KEY", "k")) == ":0");
  CHECK(customer("WITHDRAW", a, 99, "KEY", "k").code() == "DUPKEY");
  site.op()("ACCOUNT", "UNFREEZE", a);
  site.op()("HOLD", "ADD", "started", "OP", "deposit");
  Client other = site.customer(a);
  other.send("DEPOSIT", a, 5, "KEY", "running");
  site.await_held("started");
  CHECK(customer("WITHDRAW", a, 1, "KEY", "running").code() == "INPROGRESS");
  CHECK(customer("WITHDRAW", a, 0, "KEY", "running").code() == "AMOUNT");
  site.op()("HOLD", "CLEAR");
  CHECK(show(other.receive()) == ":5");
}

TEST_CASE("BUSY takes precedence over the key, and a malformed command over BUSY") {
  Site site({"--teaching", "--workers-max", "1", "--queue-max", "1"});
  const auto a = site.open(100);
  Client customer = site.customer(a);
  Client other = site.customer(a);
  Client third = site.customer(a);
  customer("DEPOSIT", a, 5, "KEY", "k");
  site.op()("HOLD", "ADD", "locked", "OP", "withdraw");
  other.send("WITHDRAW", a, 5, "KEY", "w");
  site.await_held("locked");
  third.send("BALANCE", a);
  site.await_row([](const rig::Reply& row) { return row["stage"].text == "queued"; }, "a queue");
  CHECK(customer("DEPOSIT", a, 5, "KEY", "k").code() == "BUSY");
  CHECK(customer("DEPOSIT", a, 5, "KEY", "w").code() == "BUSY");
  CHECK(customer("DEPOSIT", 999, 5).code() == "NOPERM");
  CHECK(customer("DEPOSIT", a, 0).code() == "AMOUNT");
  CHECK(customer("DEPOSIT", a).code() == "ERR");
  CHECK(customer("STATUS", a, "w")["outcome"].text == "running");
  site.op()("HOLD", "CLEAR");
  CHECK(show(other.receive()) == ":100");
  CHECK(show(third.receive()) == ":100");
  CHECK(show(customer("DEPOSIT", a, 5, "KEY", "k")) == ":105");
  site.await_quiet();
  CHECK(site.left_behind() == "requests 0, buffers 0, locks 0");
}
