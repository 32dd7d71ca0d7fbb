// The transactions: effects, replies, refusals.

#include <regex>

#include <doctest/doctest.h>

#include "tests/server/rig/site.hpp"

using rig::Client;
using rig::Reply;
using rig::show;
using rig::Site;

namespace {
const std::regex rfc3339(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)");
constexpr std::int64_t most_amount = 1'000'000'000'000'000;
constexpr std::int64_t most_balance = 1'000'000'000'000'000'000;

using Fields = std::vector<std::string>;
}  // namespace

TEST_CASE("each transaction changes the balances it names") {
  Site site;
  Client& op = site.op();
  const auto a = op("CREATE", "1234").number;
  const auto b = op("CREATE", "123456789012", "BALANCE", 1000, "KEY", "open-b").number;
  CHECK(b == a + 1);
  CHECK(show(op("BALANCE", a)) == ":0");
  CHECK(show(op("BALANCE", op("CREATE", "1234", "BALANCE", 0, "KEY", "empty").number)) == ":0");
  CHECK(show(op("BALANCE", b, "TIMEOUT", 60000)) == ":1000");
  CHECK(show(op("DEPOSIT", a, 250)) == ":250");
  CHECK(show(op("WITHDRAW", a, 50, "TIMEOUT", 60000)) == ":200");
  CHECK(show(op("TRANSFER", b, a, 300, "KEY", "t1", "TIMEOUT", 60000)) == ":700");
  CHECK(show(op("BALANCE", a)) == ":500");
  CHECK(show(op("REVERSE", b, "t1")) == ":1000");
  CHECK(show(op("BALANCE", a)) == ":200");
  CHECK(show(op("PASSWD", a, "4321")) == "+OK");
  CHECK(show(site.guest()("AUTH", a, "4321")) == "+OK");
  CHECK(site.guest()("AUTH", a, "1234").code() == "WRONGPASS");
  const Reply audit = op("AUDIT");
  CHECK(audit.fields() == Fields{"accounts", "transfers", "violations"});
  CHECK(audit["accounts"].number == 3);
  CHECK(audit["transfers"].number == 5);
  CHECK(audit["violations"].number == 0);
  CHECK(site.stop() == 0);
}

TEST_CASE("HISTORY lists the newest first, and in pages") {
  Site site;
  Client& op = site.op();
  const auto a = site.open(1000);
  const auto b = site.open();
  op("DEPOSIT", a, 10, "KEY", "d");
  op("TRANSFER", a, b, 100);
  op("WITHDRAW", a, 5);
  const auto rows = op("HISTORY", a).elements;
  REQUIRE(rows.size() == 4);
  CHECK(rows[0].fields() == Fields{"id", "kind", "debit", "credit", "amount", "balance", "key",
                                   "time", "reverses", "reversed_by"});
  CHECK(show(rows[0]["kind"]) == "$withdraw");
  CHECK(rows[0]["debit"].number == a);
  CHECK(rows[0]["credit"].number == 0);
  CHECK(rows[0]["balance"].number == 905);
  CHECK(show(rows[1]["kind"]) == "$transfer");
  CHECK(rows[1]["credit"].number == b);
  CHECK(rows[1]["balance"].number == 910);
  CHECK(show(rows[2]["key"]) == "$d");
  CHECK(show(rows[3]["kind"]) == "$create");
  CHECK(std::regex_match(rows[3]["time"].text, rfc3339));
  CHECK(op("HISTORY", b).elements.at(0)["balance"].number == 100);
  const auto page = op("HISTORY", a, "LIMIT", 2, "BEFORE", rows[0]["id"].number).elements;
  REQUIRE(page.size() == 2);
  CHECK(page[0] == rows[1]);
  CHECK(page[1] == rows[2]);
  CHECK(op("HISTORY", a, "BEFORE", rows[3]["id"].number).elements.empty());
}

TEST_CASE("a history of more than one batch is complete") {
  Site site;
  const auto account = site.open();
  Client customer = site.customer(account);
  for (int i = 0; i < 250; ++i) customer.send("DEPOSIT", account, 1);
  for (int i = 0; i < 250; ++i) customer.receive();
  CHECK(customer("HISTORY", account).elements.size() == 20);
  const auto rows = customer("HISTORY", account, "LIMIT", 1000).elements;
  REQUIRE(rows.size() == 250);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(rows[i]["balance"].number == 250 - static_cast<std::int64_t>(i));
  }
}

TEST_CASE("STATUS reports a key's outcome") {
  Site site;
  Client& op = site.op();
  const auto a = site.open(100);
  CHECK(op("STATUS", a, "k").fields() ==
        Fields{"outcome", "id", "kind", "amount", "balance", "time", "reversed_by"});
  CHECK(show(op("STATUS", a, "k")) ==
        "[$outcome $none $id :0 $kind $ $amount :0 $balance :0 $time $ $reversed_by :0]");
  op("WITHDRAW", a, 30, "KEY", "k");
  const Reply status = op("STATUS", a, "k");
  CHECK(show(status["outcome"]) == "$committed");
  CHECK(show(status["kind"]) == "$withdraw");
  CHECK(status["amount"].number == 30);
  CHECK(status["balance"].number == 70);
  CHECK(status["id"].number == op("HISTORY", a).elements.at(0)["id"].number);
  CHECK(std::regex_match(status["time"].text, rfc3339));
  const auto created = op("CREATE", "1234", "BALANCE", 9, "KEY", "c");
  CHECK(show(op("STATUS", 0, "c")["kind"]) == "$create");
  CHECK(op("STATUS", 0, "c")["balance"].number == 9);
  CHECK(show(op("CREATE", "9999", "BALANCE", 9, "KEY", "c")) == show(created));
  CHECK(show(op("CANCEL", a, "never-came")) == "+CANCELLED");
  CHECK(show(op("STATUS", a, "never-came")["outcome"]) == "$cancelled");
}

TEST_CASE("each refusal has its code and changes nothing") {
  Site site;
  Client& op = site.op();
  const auto a = site.open(100);
  const auto rich = site.open(most_amount);
  CHECK(op("BALANCE", 0).code() == "NOACCOUNT");
  CHECK(op("BALANCE", 999).code() == "NOACCOUNT");
  CHECK(op("DEPOSIT", 999, 1).code() == "NOACCOUNT");
  CHECK(op("TRANSFER", a, 999, 1).code() == "NOACCOUNT");
  CHECK(op("TRANSFER", 999, a, 1).code() == "NOACCOUNT");
  CHECK(op("TRANSFER", a, 0, 1).code() == "NOACCOUNT");
  CHECK(op("HISTORY", 999).code() == "NOACCOUNT");
  CHECK(op("PASSWD", 999, "1234").code() == "NOACCOUNT");
  CHECK(op("REVERSE", 999, "k").code() == "NOACCOUNT");
  CHECK(op("WITHDRAW", a, 101).code() == "FUNDS");
  CHECK(op("TRANSFER", a, rich, 101).code() == "FUNDS");
  CHECK(op("TRANSFER", a, a, 1).code() == "ERR");
  CHECK(op("DEPOSIT", a, 0).code() == "AMOUNT");
  CHECK(op("DEPOSIT", a, -1).code() == "AMOUNT");
  CHECK(op("DEPOSIT", a, most_amount + 1).code() == "AMOUNT");
  CHECK(op("DEPOSIT", a, "99999999999999999999999").code() == "AMOUNT");
  CHECK(op("CREATE", "1234", "BALANCE", -1).code() == "AMOUNT");
  CHECK(op("REVERSE", a, "no-such-key").code() == "ERR");
  CHECK(op("BALANCE", "99999999999999999999999").code() == "NOACCOUNT");
  for (std::int64_t sum = most_amount; sum < most_balance; sum += most_amount) {
    op.send("DEPOSIT", rich, most_amount);
  }
  for (std::int64_t sum = most_amount; sum < most_balance; sum += most_amount) op.receive();
  CHECK(site.balance(rich) == most_balance);
  CHECK(op("DEPOSIT", rich, 1).code() == "OVERFLOW");
  CHECK(op("TRANSFER", a, rich, 1).code() == "OVERFLOW");
  CHECK(site.balance(a) == 100);
  CHECK(show(op("ACCOUNT", "FREEZE", a)) == "+OK");
  CHECK(op("DEPOSIT", a, 1).code() == "FROZEN");
  CHECK(op("WITHDRAW", a, 1).code() == "FROZEN");
  CHECK(op("TRANSFER", a, rich, 1).code() == "FROZEN");
  CHECK(op("TRANSFER", rich, a, 1).code() == "FROZEN");
  CHECK(show(op("BALANCE", a)) == ":100");
  CHECK(op("HISTORY", a).type == '*');
  CHECK(show(op("PASSWD", a, "7777")) == "+OK");
  CHECK(show(op("ACCOUNT", "UNFREEZE", a)) == "+OK");
  CHECK(show(op("DEPOSIT", a, 1)) == ":101");
}

TEST_CASE("a reversal happens once, and a refused one may be repeated") {
  Site site;
  Client& op = site.op();
  const auto a = site.open(100);
  const auto b = site.open(0);
  op("TRANSFER", a, b, 60, "KEY", "t");
  op("WITHDRAW", b, 60, "KEY", "w");
  CHECK(op("REVERSE", a, "t").code() == "FUNDS");
  op("ACCOUNT", "FREEZE", b);
  CHECK(op("REVERSE", a, "t").code() == "FROZEN");
  op("ACCOUNT", "UNFREEZE", b);
  CHECK(show(op("REVERSE", b, "w")) == ":60");
  CHECK(show(op("REVERSE", a, "t")) == ":100");
  op("DEPOSIT", a, 5);
  CHECK(show(op("REVERSE", a, "t")) == ":100");  // word for word, and no money
  CHECK(op("TRANSFER", a, b, 60, "KEY", "t").code() == "REVERSED");
  CHECK(op("STATUS", a, "t")["reversed_by"].number == op("HISTORY", b).elements.at(0)["id"].number);
  CHECK(site.balance(a) == 105);
  CHECK(site.balance(b) == 0);
  op("CANCEL", a, "dead");
  CHECK(op("REVERSE", a, "dead").code() == "CANCELLED");
  CHECK(op("HISTORY", a).elements.at(1)["kind"].text == "reverse");
  CHECK(op("AUDIT")["violations"].number == 0);
}
