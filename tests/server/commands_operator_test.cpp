// The operator's commands: TXN, HOLD, CLIENT, BACKUP.

#include <filesystem>
#include <regex>
#include <sstream>

#include <doctest/doctest.h>

#include "tests/server/rig/patience.hpp"
#include "tests/server/rig/site.hpp"

using rig::Client;
using rig::Reply;
using rig::show;
using rig::Site;

namespace {
using Fields = std::vector<std::string>;

const Fields row_fields = {"handle", "op",    "account", "to",      "key",           "client",
                           "user",   "stage", "point",   "waiting", "cancelability", "age_us"};

std::string texts(const Reply& array) {
  std::string all;
  for (const Reply& element : array.elements) all += (all.empty() ? "" : ", ") + element.text;
  return all;
}

}  // namespace

TEST_CASE("TXN LIST and SHOW describe a transaction in flight") {
  Site site({"--teaching"});
  const auto a = site.open(100);
  const auto b = site.open(100);
  Client customer = site.customer(a);
  const auto id = customer("CLIENT", "ID").number;
  site.await_quiet();  // an answered request may still be in flight
  CHECK(site.in_flight().empty());
  site.op()("HOLD", "ADD", "authorized", "OP", "transfer");
  customer.send("TRANSFER", a, b, 7, "KEY", "t");
  const std::string handle = site.await_held("authorized");
  const auto rows = site.in_flight();
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].fields() == row_fields);
  CHECK(show(rows[0]["op"]) == "$transfer");
  CHECK(rows[0]["account"].number == a);
  CHECK(rows[0]["to"].number == b);
  CHECK(show(rows[0]["key"]) == "$t");
  CHECK(show(rows[0]["client"]) == "$" + std::to_string(id));
  CHECK(show(rows[0]["user"]) == "$" + std::to_string(a));
  CHECK(show(rows[0]["stage"]) == "$running");
  CHECK(show(rows[0]["waiting"]) == "$hold");
  CHECK(show(rows[0]["cancelability"]) == "$enabled");
  CHECK(rows[0]["age_us"].type == ':');
  const Reply shown = site.op()("TXN", "SHOW", handle);
  Fields more = row_fields;
  more.insert(more.end(), {"locks", "cleanup", "passed", "passed_us"});
  CHECK(shown.fields() == more);
  CHECK(shown["locks"].elements.size() == 2);
  CHECK(texts(shown["cleanup"]) ==
        "unlock account 2, unlock account 1, free request buffer, finish request");
  CHECK(texts(shown["passed"]) ==
        "queued, started, checked, lock-wait, locked, lock-wait, locked, retrieved, authorized");
  CHECK(shown["passed_us"].elements.size() == shown["passed"].elements.size());
  CHECK(site.info("held_locks") == 2);
  CHECK(site.info("live_requests") == 1);
  CHECK(site.info("live_buffers") == 1);
  CHECK(show(site.op()("TXN", "RESUME", handle)) == "+OK");
  CHECK(show(customer.receive()) == ":93");
  site.await_quiet();
  CHECK(site.op()("TXN", "SHOW", handle).code() == "INVALIDHANDLE");
  CHECK(site.op()("TXN", "SHOW", "no handle").code() == "INVALIDHANDLE");
}

TEST_CASE("STEP releases a transaction to its next point and no further") {
  Site site({"--teaching"});
  const auto a = site.open(100);
  Client customer = site.customer(a);
  site.op()("HOLD", "ADD", "queued", "OP", "deposit", "ACCOUNT", a);
  customer.send("DEPOSIT", a, 5, "KEY", "k");
  std::string handle = site.await_held("queued");
  for (const char* next : {"started", "checked", "lock-wait", "locked", "retrieved", "authorized",
                           "modified", "committing", "ordered", "unlocked", "committed"}) {
    CAPTURE(next);
    CHECK(!customer.heard());
    CHECK(show(site.op()("TXN", "STEP", handle)) == "+OK");
    CHECK(site.await_held(next) == handle);
  }
  CHECK(site.balance(a) == 105);
  CHECK(show(site.op()("TXN", "STEP", handle)) == "+OK");
  CHECK(site.await_held("replied") == handle);
  CHECK(show(customer.receive()) == ":105");
  CHECK(show(site.op()("TXN", "STEP", handle)) == "+OK");
  site.await_quiet();
  CHECK(site.op()("TXN", "STEP", handle).code() == "INVALIDHANDLE");
  CHECK(site.op()("TXN", "RESUME", handle).code() == "INVALIDHANDLE");
}

TEST_CASE("RESUME releases a transaction for good, whatever holds there are") {
  Site site({"--teaching"});
  const auto a = site.open(100);
  Client customer = site.customer(a);
  for (const char* point : {"queued", "locked", "modified", "committed"}) {
    site.op()("HOLD", "ADD", point, "OP", "deposit");
  }
  customer.send("DEPOSIT", a, 5);
  CHECK(show(site.op()("TXN", "RESUME", site.await_held("queued"))) == "+OK");
  CHECK(show(customer.receive()) == ":105");
  customer.send("DEPOSIT", a, 5);
  site.await_held("queued");
  CHECK(show(site.op()("HOLD", "CLEAR")) == "+OK");
  CHECK(show(customer.receive()) == ":110");
}

TEST_CASE("STEP and RESUME refuse a transaction that is not held") {
  Site site({"--teaching"});
  const auto a = site.open(100);
  Client first = site.customer(a);
  Client second = site.customer(a);
  site.op()("HOLD", "ADD", "locked", "OP", "deposit");
  first.send("DEPOSIT", a, 5);
  site.await_held("locked");
  second.send("WITHDRAW", a, 5);
  const Reply waiting = site.await_row(
      [&](const Reply& row) { return row["waiting"].text == "lock " + std::to_string(a); },
      "a wait for the account");
  CHECK(show(waiting["point"]) == "$lock-wait");
  CHECK(site.op()("TXN", "STEP", waiting["handle"].text).code() == "ERR");
  CHECK(site.op()("TXN", "RESUME", waiting["handle"].text).code() == "ERR");
  CHECK(show(site.op()("HOLD", "CLEAR")) == "+OK");
  CHECK(show(first.receive()) == ":105");
  CHECK(show(second.receive()) == ":100");
}

TEST_CASE("holds match by point, account and operation") {
  Site site({"--teaching"});
  const auto a = site.open(100);
  const auto b = site.open(100);
  const auto c = site.open(100);
  CHECK(show(site.op()("HOLD", "ADD", "LOCKED", "ACCOUNT", b, "OP", "TRANSFER")) == "+OK");
  CHECK(show(site.op()("HOLD", "ADD", "scanning")) == "+OK");
  CHECK(show(site.op()("HOLD", "LIST")) ==
        "[[$point $locked $account :2 $op $transfer] [$point $scanning $account :0 $op $]]");
  CHECK(show(site.op()("TRANSFER", a, c, 1)) == ":99");
  CHECK(show(site.op()("DEPOSIT", b, 1)) == ":101");
  Client teller = site.teller();
  teller.send("TRANSFER", a, b, 1);  // either account matches
  const auto handle = site.await_held("locked");
  CHECK(show(site.op()("HOLD", "CLEAR")) == "+OK");
  CHECK(show(teller.receive()) == ":98");
  CHECK(show(site.op()("HOLD", "LIST")) == "[]");
}

TEST_CASE("HOLD needs a server started with --teaching") {
  Site site;
  CHECK(site.op()("HOLD", "ADD", "locked").code() == "ERR");
  CHECK(site.op()("HOLD", "LIST").code() == "ERR");
}

TEST_CASE("TXN CANCEL passes on the reason, and WAIT returns when the handle is gone") {
  Site site({"--teaching"});
  const auto a = site.open(100);
  Client customer = site.customer(a);
  site.op()("HOLD", "ADD", "locked");
  customer.send("WITHDRAW", a, 5, "KEY", "k");
  const auto handle = site.await_held("locked");
  const std::string reason = "sus\npicious" + std::string(300, 'x');
  CHECK(show(site.op()("TXN", "CANCEL", handle, "REASON", reason, "WAIT", 60000)) == "+CANCELLED");
  CHECK(site.in_flight().empty());
  CHECK(show(customer.receive()) == "-CANCELLED txn " + handle + " by operator at locked: " +
                                        ("sus picious" + std::string(300, 'x')).substr(0, 200));
  CHECK(site.op()("TXN", "CANCEL", handle).code() == "INVALIDHANDLE");
  CHECK(site.op()("TXN", "CANCEL", "999-999").code() == "INVALIDHANDLE");
  CHECK(site.op()("TXN", "CANCEL", "").code() == "INVALIDHANDLE");
  CHECK(show(customer("WITHDRAW", a, 5, "KEY", "k")) == "-CANCELLED key k was cancelled");
  CHECK(site.info("cancels_operator") == 1);
  CHECK(site.info("verdicts_cancelled") == 1);
  CHECK(site.info("verdicts_invalidhandle") == 3);
}

TEST_CASE("TXN CANCELALL cancels all, or all of one account") {
  Site site({"--teaching"});
  const auto a = site.open(100);
  const auto b = site.open(100);
  std::vector<Client> tellers;
  site.op()("HOLD", "ADD", "checked");
  for (int i = 0; i < 6; ++i) {
    tellers.push_back(site.teller());
    tellers.back().send("DEPOSIT", i < 4 ? a : b, 1, "KEY", "k" + std::to_string(i));
  }
  rig::wait_until(
      [&] {
        std::size_t held = 0;
        for (const Reply& row : site.in_flight()) held += row["waiting"].text == "hold" ? 1 : 0;
        return held == 6;
      },
      "six held");
  const auto before = site.info("verdicts_cancelled");
  CHECK(show(site.op()("TXN", "CANCELALL", "ACCOUNT", a, "REASON", "drill")) == ":4");
  CHECK(site.info("verdicts_cancelled") == before + 4);
  for (std::size_t i = 0; i < 4; ++i) {
    const Reply reply = tellers[i].receive();
    CHECK(reply.code() == "CANCELLED");
    CHECK(reply.text.ends_with(" by operator at checked: drill"));
    CHECK(site.outcome(a, "k" + std::to_string(i)) == "cancelled");
  }
  CHECK(show(site.op()("TXN", "CANCELALL")) == ":2");
  CHECK(show(site.op()("TXN", "CANCELALL")) == ":0");
  site.await_quiet();
  CHECK(site.left_behind() == "requests 0, buffers 0, locks 0");
}

TEST_CASE("CLIENT LIST shows each client, and CLIENT KILL closes its connection") {
  Site site;
  const auto a = site.open(100);
  Client customer = site.customer(a);
  customer("CLIENT", "SETNAME", "victim");
  const auto id = customer("CLIENT", "ID").number;
  const std::string list = site.op()("CLIENT", "LIST").text;
  CHECK(list.find("id=" + std::to_string(id) + " addr=127.0.0.1:") != list.npos);
  CHECK(list.find(" name=victim ") != list.npos);
  CHECK(list.find(" user=" + std::to_string(a) + " ") != list.npos);
  CHECK(list.find(" user=operator ") != list.npos);
  CHECK(show(site.op()("CLIENT", "KILL", "ID", id)) == "+OK");
  customer.await_end();
  CHECK(site.op()("CLIENT", "KILL", id).code() == "ERR");
  Client self = site.local();
  CHECK(show(self("CLIENT", "KILL", self("CLIENT", "ID").number)) == "+OK");
  self.await_end();
}

TEST_CASE("CLIENT LIST keeps its format whatever clients send") {
  Site site;
  std::vector<Client> guests;
  for (const char* word :
       {"a b=c", "x\nid=1 addr=forged", "\xff\xfe", "", "\x1b[2J", "cmd=x txn="}) {
    guests.push_back(site.guest());
    CHECK(guests.back().command({word}).code() == "ERR");
    guests.back().command({"CLIENT", "SETNAME", word});
    guests.back().command({"TXN", word});
    guests.back().command({word, word});
  }
  const std::regex line(
      "id=[0-9]+ addr=[!-~]+ name=[!-~]* age=[0-9]+ idle=[0-9]+ db=0 sub=0 psub=0 "
      "multi=-1 qbuf=0 qbuf-free=0 argv-mem=0 obl=0 oll=0 omem=0 tot-mem=0 events=r user=[!-~]* "
      "cmd=[a-z|]+ txn=[!-~]*");
  std::istringstream lines(site.op()("CLIENT", "LIST").text);
  std::size_t count = 0;
  for (std::string each; std::getline(lines, each); ++count) {
    CAPTURE(each);
    CHECK(std::regex_match(each, line));
  }
  CHECK(count == guests.size() + 1);
  CHECK(site.op()("CLIENT", "LIST").text.find(" cmd=client|list ") != std::string::npos);
  const std::string own = site.op()("CLIENT", "INFO").text;
  CHECK(
      std::regex_match(own, std::regex("id=[0-9]+ addr=.* user=operator cmd=client.info txn=\n")));
  CHECK(guests[0]("CLIENT", "INFO").text.find(" user= ") != std::string::npos);
}

TEST_CASE("BACKUP writes a new file and refuses an existing one") {
  Site site;
  site.open(123);
  const std::string copy = site.folder().file("copy/ledger.db");
  CHECK(site.op()("BACKUP", copy).code() == "ERR");  // the folder does not exist
  std::filesystem::create_directory(site.folder().file("copy"));
  CHECK(show(site.op()("BACKUP", copy)) == "+OK");
  CHECK(site.op()("BACKUP", copy).code() == "ERR");
  CHECK(std::filesystem::file_size(copy) > 0);
  site.await_quiet();
  CHECK(site.left_behind() == "requests 0, buffers 0, locks 0");
}

TEST_CASE("the shorter of TIMEOUT and --request-timeout is the limit of a request") {
  Site site({"--teaching", "--request-timeout", "300"});
  const auto a = site.open(100);
  site.op()("HOLD", "ADD", "modified");
  Client customer = site.customer(a);
  CHECK_MESSAGE(customer("DEPOSIT", a, 5, "TIMEOUT", 600'000).code() == "DEADLINE",
                "a client may exceed the server's limit");
  site.op()("HOLD", "CLEAR");
  Site patient({"--teaching", "--request-timeout", "600000"});
  const auto b = patient.open(100);
  patient.op()("HOLD", "ADD", "modified");
  CHECK(patient.customer(b)("DEPOSIT", b, 5, "TIMEOUT", 300).code() == "DEADLINE");
}
