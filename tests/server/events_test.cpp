// The log has one line for each event that an operator should see, and INFO counts them.

#include <filesystem>
#include <fstream>
#include <regex>

#include <doctest/doctest.h>
#include <sys/resource.h>

#include "tests/server/rig/patience.hpp"
#include "tests/server/rig/site.hpp"

using rig::Client;
using rig::Reply;
using rig::show;
using rig::Site;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t from = 0;
  for (std::size_t end = 0; (end = text.find('\n', from)) != text.npos; from = end + 1) {
    lines.push_back(text.substr(from, end - from));
  }
  return lines;
}

/// The lines of that event so far.
std::vector<std::string> lines_about(const Site& site, const std::string& event) {
  std::vector<std::string> found;
  for (const std::string& line : lines_of(site.log())) {
    if (line.find(" event=" + event + " ") != line.npos) found.push_back(line);
  }
  return found;
}

/// The log has exactly one line of the event, with all these fields.
void check_event(const Site& site, const std::string& event,
                 const std::vector<std::string>& fields) {
  const auto found = lines_about(site, event);
  INFO("log:\n" << site.log());
  REQUIRE_MESSAGE(found.size() == 1, found.size() << " lines of event " << event);
  for (const std::string& field : fields) {
    CHECK_MESSAGE((found[0] + " ").find(" " + field + " ") != std::string::npos,
                  event << " lacks " << field << ": " << found[0]);
  }
}

}  // namespace

TEST_CASE("the log names the start and the stop with their circumstances") {
  Site site;
  const std::string pid = std::to_string(site.server().pid());
  check_event(site, "start",
              {"info", "pid=" + pid, "listen=127.0.0.1:" + std::to_string(site.server().port()),
               "admin=" + site.server().admin(), "ledger=" + site.folder().file("data"),
               "start_number=1", "recovered_log_bytes=0"});
  CHECK(site.stop() == 0);
  check_event(site, "drain", {"why=SIGTERM", "in_flight=0"});
  check_event(site, "stop", {"why=SIGTERM", "status=0"});
}

TEST_CASE("the start after a kill says that a log was recovered") {
  Site site;
  site.open(5);
  site.server().kill9();
  site.start();
  const auto found = lines_about(site, "start");
  REQUIRE(found.size() == 2);
  CHECK_MESSAGE(found[1].find("recovered_log_bytes=0") == std::string::npos, found[1]);
}

TEST_CASE("every line has a time in UTC, a level and key=value fields") {
  Site site;
  Client forger = site.guest();
  forger("AUTH", "1\n2026-01-01T00:00:00.000Z error event=stop why=\"forged\"", "1234");
  site.op()("TXN", "CANCEL", "1-1", "REASON", "a b\n=\"c\\ \xff");
  CHECK(site.stop() == 0);
  const std::regex form(
      R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (debug|info|warning|error|critical) event=[a-z_]+)"
      R"(( [a-z_]+=([!-~]*|"([ !#-\[\]-~]|\\["\\]|\\x[0-9a-f]{2})*"))*)");
  for (const std::string& line : lines_of(site.log())) {
    CHECK_MESSAGE(std::regex_match(line, form), "not of the log's form: " << line);
  }
  check_event(site, "stop", {"why=SIGTERM"});
  check_event(site, "cancel", {R"(reason="a b =\"c\\ ?")", "verdict=INVALIDHANDLE"});
}

TEST_CASE("failed logins and lock-outs are logged, without the PIN") {
  Site site;
  const auto account = site.open();
  Client guest = site.guest();
  for (int i = 0; i < 6; ++i) guest("AUTH", account, "987654");
  guest("AUTH", "987654321098", "987654");
  guest("AUTH", "teller", "wrong secret");
  guest("AUTH", account, rig::the_pin);
  const auto failed = lines_about(site, "login_failed");
  REQUIRE(failed.size() == 9);
  const std::string number = "account=" + std::to_string(account) + " ";
  CHECK(failed[0].find(number) != std::string::npos);
  CHECK(failed[0].find("code=WRONGPASS") != std::string::npos);
  CHECK(failed[5].find("code=LOCKED") != std::string::npos);
  CHECK(failed[7].find("role=teller") != std::string::npos);
  check_event(site, "account_locked", {"account=" + std::to_string(account)});
  CHECK(site.info("events_login_failed") == 9);
  CHECK(site.info("events_account_locked") == 1);
  CHECK(site.log().find("987654 ") == std::string::npos);
  CHECK(site.log().find("wrong secret") == std::string::npos);
}

TEST_CASE("each cancel by a person is logged with its handle, key, user, reason and verdict") {
  Site site({"--teaching"});
  const auto account = site.open(5);
  site.op()("HOLD", "ADD", "modified");
  Client customer = site.customer(account);
  customer.send("DEPOSIT", account, 1, "KEY", "k");
  const std::string handle = site.await_held("modified");
  site.op()("TXN", "CANCEL", handle, "REASON", "too slow");
  check_event(site, "cancel",
              {"handle=" + handle, "account=" + std::to_string(account), "key=k", "by=operator",
               "reason=\"too slow\"", "verdict=CANCELLED"});
  CHECK(customer.receive().code() == "CANCELLED");
  customer("CANCEL", account, "later");
  const auto found = lines_about(site, "cancel");
  REQUIRE(found.size() == 2);
  CHECK(found[1].find("key=later by=" + std::to_string(account)) != std::string::npos);
  site.op()("TXN", "CANCELALL", "REASON", "evening");
  check_event(site, "cancel_all", {"reason=evening", "cancelled=0"});
  // A reason is cut, in the log too, at the edge of a character: 199 letters and one of two bytes.
  site.op()("TXN", "CANCELALL", "REASON", std::string(199, 'x') + "\u00E4");
  CHECK(site.log().find("reason=" + std::string(199, 'x') + " ") != std::string::npos);
  CHECK_MESSAGE(site.log().find("xc3") == std::string::npos, "a part of a character is logged");
}

TEST_CASE("TXN CANCELALL logs a line for each request with its verdict") {
  Site site({"--teaching"});
  const auto account = site.open(5);
  const auto other = site.open(5);
  site.op()("HOLD", "ADD", "modified", "ACCOUNT", account);
  site.op()("HOLD", "ADD", "committed", "ACCOUNT", other);
  Client first = site.customer(account);
  first.send("DEPOSIT", account, 1, "KEY", "first");
  const std::string stopped = site.await_held("modified");
  Client second = site.customer(other);
  second.send("DEPOSIT", other, 1, "KEY", "second");
  const std::string late = site.await_held("committed");
  site.op()("TXN", "CANCELALL", "REASON", "evening");
  const auto found = lines_about(site, "cancel");
  REQUIRE(found.size() == 2);
  const auto says = [&](const std::string& what) {
    return (found[0] + found[1]).find(what) != what.npos;
  };
  CHECK(says("handle=" + stopped + " account=" + std::to_string(account) +
             " key=first by=operator "));
  CHECK(says("handle=" + late + " account=" + std::to_string(other) + " key=second by=operator "));
  CHECK(says(" reason=evening verdict=CANCELLED"));
  CHECK(says(" reason=evening verdict=TOOLATE"));
  CHECK(site.info("events_cancel") == 2);
  check_event(site, "cancel_all", {"reason=evening", "cancelled=1"});
}

TEST_CASE("changes of accounts and killed clients are logged") {
  Site site;
  const auto account = site.open(5);
  const std::string number = "account=" + std::to_string(account);
  site.op()("ACCOUNT", "FREEZE", account);
  site.op()("ACCOUNT", "UNFREEZE", account);
  site.op()("ACCOUNT", "UNLOCK", account);
  site.op()("ACCOUNT", "FREEZE", 999);  // is refused, so it is not an event
  check_event(site, "account_frozen", {number});
  check_event(site, "account_unfrozen", {number});
  check_event(site, "account_unlocked", {number});
  Client guest = site.guest();
  const auto id = guest("CLIENT", "ID").number;
  site.op()("CLIENT", "KILL", id);
  guest.await_end();
  check_event(site, "client_killed", {"victim=" + std::to_string(id)});
}

TEST_CASE("the log has the beginning and the end of a busy spell, and INFO every refusal") {
  Site site({"--teaching", "--workers-max", "1", "--queue-max", "0"});
  const auto account = site.open(5);
  site.op()("HOLD", "ADD", "modified");
  Client first = site.customer(account);
  first.send("DEPOSIT", account, 1);
  site.await_held("modified");
  Client second = site.customer(account);
  for (int i = 0; i < 7; ++i) CHECK(second("DEPOSIT", account, 1).code() == "BUSY");
  check_event(site, "busy", {"warning"});
  CHECK(site.info("events_busy") == 7);
  rig::wait_until([&] { return lines_about(site, "busy_over").size() == 1; },
                  "the end of the busy spell in the log");
  check_event(site, "busy_over", {"times=7"});
  CHECK(lines_about(site, "busy").size() == 1);
}

TEST_CASE("refused connections are logged as one spell") {
  Site site({"--connections-max", "2"});
  Client guest = site.guest();
  CHECK(show(guest("PING")) == "+PONG");
  for (int i = 0; i < 3; ++i) CHECK(site.guest().receive().code() == "BUSY");
  rig::wait_until([&] { return lines_about(site, "connections_accepted_again").size() == 1; },
                  "the end of the spell in the log");
  check_event(site, "connection_refused", {"connections_max=2"});
  CHECK(site.info("events_connection_refused") == 3);
}

TEST_CASE("each refusal of the store is logged and counted") {
  Site site;
  const auto account = site.open(5);
  const rlimit full{4096, RLIM_INFINITY};  // enough for the log
  REQUIRE(prlimit(site.server().pid(), RLIMIT_FSIZE, &full, nullptr) == 0);
  Client op = site.local();
  int refused = 0;
  for (int i = 0; i < 5; ++i) refused += op("DEPOSIT", account, 1).code() == "STORE" ? 1 : 0;
  CHECK_MESSAGE(refused == 5, refused << " of 5 deposits were refused with STORE");
  const rlimit wide{RLIM_INFINITY, RLIM_INFINITY};
  prlimit(site.server().pid(), RLIMIT_FSIZE, &wide, nullptr);
  CHECK(lines_about(site, "store_refused").size() == static_cast<std::size_t>(refused));
  CHECK(site.info("events_store_refused") == refused);
  CHECK(show(op("DEPOSIT", account, 1)) == ":6");
}

TEST_CASE("writes to a ledger whose files were removed are refused, logged and counted") {
  Site site;
  const auto account = site.open(5);
  CHECK(show(site.op()("DEPOSIT", account, 1)) == ":6");  // has opened a reader
  std::filesystem::remove(site.folder().file("data/ledger.db"));
  const std::string refused = show(site.op()("DEPOSIT", account, 1));
  CHECK_MESSAGE(refused.starts_with("-STORE nothing was changed; try again later: ledger.db or "
                                    "ledger.db-wal was removed or replaced while in use; move"),
                refused);
  CHECK(lines_about(site, "store_refused").size() == 1);
  CHECK(site.info("events_store_refused") == 1);
  CHECK(site.stop() == 0);
}

TEST_CASE("a login that the store refuses is no failed login") {
  Site site;
  const auto account = site.open(5);
  std::filesystem::remove(site.folder().file("data/ledger.db"));
  CHECK(site.guest()("AUTH", account, "987654").code() == "STORE");
  CHECK(lines_about(site, "store_refused").size() == 1);
  CHECK_MESSAGE(lines_about(site, "login_failed").empty(), site.log());
  CHECK(site.info("events_login_failed") == 0);
}

TEST_CASE("INFO counts commits that move money apart from others") {
  Site site;
  const auto account = site.open(5);
  const auto before = site.info("money_commits");
  Client customer = site.customer(account);
  customer("DEPOSIT", account, 1);
  customer("WITHDRAW", account, 1);
  customer("WITHDRAW", account, 999);
  customer("PASSWD", account, "4321");
  customer("BALANCE", account);
  CHECK(site.info("money_commits") == before + 2);
}
