// The rights of each role.

#include <doctest/doctest.h>

#include "tests/server/rig/site.hpp"

using rig::Client;
using rig::show;
using rig::Site;

namespace {

using Words = std::vector<std::string>;

/// Every command that needs a login, well formed, with the lowest role that may give it.
enum class Least { customer, teller, op };
struct Entry {
  Least least;
  Words words;
};

std::vector<Entry> entries(const std::string& own, const std::string& other) {
  return {
      {Least::customer, {"DEPOSIT", own, "1"}},
      {Least::customer, {"WITHDRAW", own, "1"}},
      {Least::customer, {"TRANSFER", own, other, "1"}},
      {Least::customer, {"BALANCE", own}},
      {Least::customer, {"HISTORY", own}},
      {Least::customer, {"STATUS", own, "k"}},
      {Least::customer, {"CANCEL", own, "k"}},
      {Least::customer, {"PASSWD", own, "1234"}},
      {Least::teller, {"DEPOSIT", other, "1"}},
      {Least::teller, {"WITHDRAW", other, "1"}},
      {Least::teller, {"TRANSFER", other, own, "1"}},
      {Least::teller, {"BALANCE", other}},
      {Least::teller, {"HISTORY", other}},
      {Least::teller, {"STATUS", other, "k"}},
      {Least::teller, {"STATUS", "0", "k"}},
      {Least::teller, {"CANCEL", other, "k"}},
      {Least::teller, {"CANCEL", "0", "k"}},
      {Least::teller, {"PASSWD", other, "1234"}},
      {Least::teller, {"CREATE", "1234"}},
      {Least::teller, {"REVERSE", own, "paid"}},
      {Least::op, {"TXN", "LIST"}},
      {Least::op, {"TXN", "SHOW", "1-1"}},
      {Least::op, {"TXN", "CANCEL", "1-1"}},
      {Least::op, {"TXN", "CANCELALL"}},
      {Least::op, {"TXN", "STEP", "1-1"}},
      {Least::op, {"TXN", "RESUME", "1-1"}},
      {Least::op, {"HOLD", "ADD", "locked"}},
      {Least::op, {"HOLD", "LIST"}},
      {Least::op, {"HOLD", "CLEAR"}},
      {Least::op, {"ACCOUNT", "FREEZE", other}},
      {Least::op, {"ACCOUNT", "UNFREEZE", other}},
      {Least::op, {"ACCOUNT", "UNLOCK", other}},
      {Least::op, {"CLIENT", "LIST"}},
      {Least::op, {"CLIENT", "KILL", "999"}},
      {Least::op, {"AUDIT"}},
      {Least::op, {"BACKUP", "/nowhere/at/all"}},
  };
}

bool about_rights(const std::string& code) {
  return code == "NOAUTH" || code == "NOPERM";
}

}  // namespace

TEST_CASE("each role may give its commands and no others") {
  Site site({"--teaching"});
  const auto own = site.open(1000);
  const auto other = site.open(1000);
  site.op()("DEPOSIT", own, 1, "KEY", "paid");
  Client guest = site.guest();
  Client customer = site.customer(own);
  Client teller = site.teller();
  for (const Entry& entry : entries(std::to_string(own), std::to_string(other))) {
    CAPTURE(Client::framed(entry.words));
    CHECK(guest.command(entry.words).code() == "NOAUTH");
    if (entry.least == Least::customer) {
      CHECK(!about_rights(customer.command(entry.words).code()));
    } else {
      CHECK(customer.command(entry.words).code() == "NOPERM");
    }
    if (entry.least == Least::op) {
      CHECK(teller.command(entry.words).code() == "NOPERM");
    } else {
      CHECK(!about_rights(teller.command(entry.words).code()));
    }
    CHECK(!about_rights(site.op().command(entry.words).code()));
    // A PASSWD by others has logged the customer out.
    if (entry.words[0] == "PASSWD") customer = site.customer(own);
  }
  CHECK(customer("DRAIN").code() == "NOPERM");
  CHECK(guest("DRAIN").code() == "NOAUTH");
}

TEST_CASE("AUTH changes the session, and a refused AUTH leaves it as it was") {
  Site site;
  const auto a = site.open(10);
  const auto b = site.open(20);
  Client client = site.guest();
  CHECK(client("AUTH", a, "0000").code() == "WRONGPASS");
  CHECK(client("BALANCE", a).code() == "NOAUTH");
  CHECK(client("AUTH", "teller", "guess").code() == "WRONGPASS");
  CHECK(client("AUTH", "TELLER", rig::teller_secret).type == '+');
  CHECK(show(client("BALANCE", b)) == ":20");
  CHECK(show(client("AUTH", a, rig::the_pin)) ==
        "+OK");  // another user logs in on the same connection
  CHECK(client("BALANCE", b).code() == "NOPERM");
  CHECK(client("AUTH", b, "0000").code() == "WRONGPASS");
  CHECK(show(client("BALANCE", a)) == ":10");  // a refused login changes nothing
  CHECK(site.op()("AUTH", a, rig::the_pin).code() == "ERR");
  CHECK(site.op()("HELLO", 3, "AUTH", a, "0000").code() == "ERR");
}

TEST_CASE("a server without a secret file refuses every teller") {
  const rig::Folder folder;
  rig::ServerProcess server(folder.path());
  CHECK(Client::tcp(server.port())("AUTH", "teller", "").code() == "WRONGPASS");
  CHECK(Client::tcp(server.port())("AUTH", "teller", "x").code() == "WRONGPASS");
}

TEST_CASE("a new PIN ends every other session of the account") {
  Site site;
  const auto a = site.open(10);
  Client one = site.customer(a);
  Client two = site.customer(a);
  one("DEPOSIT", a, 1, "KEY", "k");
  CHECK(show(one("PASSWD", a, "8888")) == "+OK");
  CHECK(show(one("BALANCE", a)) == ":11");
  CHECK(two("BALANCE", a).code() == "NOAUTH");
  CHECK(two("DEPOSIT", a, 1).code() == "NOAUTH");
  CHECK(two("DEPOSIT", a, 1, "KEY", "k").code() == "NOAUTH");
  CHECK(two("HISTORY", a).code() == "NOAUTH");
  CHECK(two("PASSWD", a, "1111").code() == "NOAUTH");
  CHECK(two("STATUS", a, "k").code() == "NOAUTH");
  CHECK(two("CANCEL", a, "other").code() == "NOAUTH");
  CHECK(site.outcome(a, "other") == "none");
  CHECK(show(two("AUTH", a, "8888")) == "+OK");
  CHECK(show(two("BALANCE", a)) == ":11");
  CHECK(show(two("STATUS", a, "k")["outcome"]) == "$committed");
}

TEST_CASE("an outdated session receives NOAUTH for every command that needs a login") {
  Site site({"--teaching"});
  const auto a = site.open(10);
  Client outdated = site.customer(a);
  CHECK(show(site.op()("PASSWD", a, "4321")) == "+OK");
  site.op()("HOLD", "ADD", "modified", "OP", "deposit");
  Client running = site.teller();
  running.send("DEPOSIT", a, 5, "KEY", "running");
  site.await_held("modified");
  const std::string own = std::to_string(a);
  const std::vector<std::vector<std::string>> asked = {{"DEPOSIT", own, "0"},
                                                       {"BALANCE", "999"},
                                                       {"STATUS", "999", "k"},
                                                       {"CANCEL", "999", "k"},
                                                       {"TRANSFER", own, "999", "5"},
                                                       {"AUDIT"},
                                                       {"TXN", "LIST"},
                                                       {"CLIENT", "LIST"},
                                                       {"CREATE", "1234"},
                                                       {"DEPOSIT", own, "5", "KEY", "running"},
                                                       {"STATUS", own, "k"},
                                                       {"BALANCE", own}};
  for (const auto& words : asked) {
    CAPTURE(Client::framed(words));
    CHECK(outdated.command(words).code() == "NOAUTH");
  }
  CHECK(outdated("DEPOSIT", a).code() == "ERR");
  CHECK(show(outdated("PING")) == "+PONG");
  CHECK(show(outdated("AUTH", a, "4321")) == "+OK");
  CHECK(outdated("BALANCE", 999).code() == "NOPERM");
}
