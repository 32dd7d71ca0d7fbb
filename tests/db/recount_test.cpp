#include "db/recount.hpp"

#include <functional>
#include <vector>

#include <doctest/doctest.h>

using namespace ledger;

namespace {

/// The rows of a small sound ledger, each with the rows that it refers to.
struct Rows {
  Account one{1, 70, false, 1};
  Account two{2, 30, false, 1};
  Transfer opened{1, Kind::create, 0, 1, 100, 0, 100, "new", 0, 0};
  Transfer sent{2, Kind::transfer, 1, 2, 30, 70, 30, "send", 0, 0};
  Transfer added{3, Kind::deposit, 0, 2, 5, 0, 35, "", 0, 0};
  Transfer undone{4, Kind::reverse, 2, 0, 5, 30, 0, "", 3, 0};
  std::optional<Transfer> original = added;
  KeyRecord create{{0, "new", Kind::create, 0, 100}, false, 1, 1, 0};
  KeyRecord send{{1, "send", Kind::transfer, 2, 30}, false, 2, 70, 0};
  KeyRecord dead{{1, "dead", Kind::none, 0, 0}, true, 0, 0, 0};
  std::optional<KeyRecord> key_row_of_sent = send;
  std::optional<Transfer> transfer_of_send = sent;
  std::vector<Transfer> more;
  bool two_exists = true;
};

AuditReport recount(const Rows& rows) {
  Recount count;
  count.add(rows.opened, rows.create, std::nullopt);
  count.add(rows.sent, rows.key_row_of_sent, std::nullopt);
  count.add(rows.added, std::nullopt, std::nullopt);
  count.add(rows.undone, std::nullopt, rows.original);
  for (const Transfer& row : rows.more) count.add(row, std::nullopt, rows.original);
  count.add(rows.one);
  if (rows.two_exists) count.add(rows.two);
  count.finish_accounts();
  const bool created = rows.create.reply == 1 || (rows.create.reply == 2 && rows.two_exists);
  count.add(rows.create, rows.opened, created ? std::optional(rows.one) : std::nullopt);
  count.add(rows.send, rows.transfer_of_send, std::nullopt);
  count.add(rows.dead, std::nullopt, std::nullopt);
  return count.report();
}

}  // namespace

TEST_CASE("Sound rows have no violation") {
  const AuditReport report = recount(Rows());
  CHECK(report.violations == 0);
  CHECK(report.accounts == 2);
  CHECK(report.transfers == 4);
}

TEST_CASE("Each kind of damage is found") {
  const std::vector<std::function<void(Rows&)>> damages = {
      [](Rows& rows) { rows.one.balance = 71; },
      [](Rows& rows) { rows.one.balance = largest_balance + 1; },
      [](Rows& rows) { rows.two_exists = false; },
      [](Rows& rows) { rows.sent.amount = 31; },
      [](Rows& rows) { rows.sent.debit_balance = 71; },
      [](Rows& rows) { rows.sent.credit_balance = 29; },
      [](Rows& rows) { rows.opened.debit_balance = 1; },
      [](Rows& rows) { rows.opened.amount = INT64_MAX; },
      [](Rows& rows) { rows.sent.amount = INT64_MIN; },
      [](Rows& rows) { rows.added.amount = 0; },
      [](Rows& rows) { rows.added.kind = static_cast<Kind>(9); },
      [](Rows& rows) { rows.added.kind = Kind::withdraw; },
      [](Rows& rows) { rows.key_row_of_sent.reset(); },
      [](Rows& rows) { rows.key_row_of_sent->cancelled = true; },
      [](Rows& rows) { rows.key_row_of_sent->transfer = 3; },
      [](Rows& rows) { rows.send.transfer = 0, rows.transfer_of_send.reset(); },
      [](Rows& rows) { rows.send.claim.amount = 29; },
      [](Rows& rows) { rows.send.claim.kind = Kind::withdraw; },
      [](Rows& rows) { rows.send.claim.other = 3; },
      [](Rows& rows) { rows.send.claim.account = 2; },
      [](Rows& rows) { rows.send.claim.key = "sent"; },
      [](Rows& rows) { rows.create.reply = 2; },
      [](Rows& rows) { rows.create.reply = 9; },
      [](Rows& rows) { rows.create.reply = 2, rows.two_exists = false; },
      [](Rows& rows) { rows.create.claim.amount = 0; },
      [](Rows& rows) { rows.dead.transfer = 1; },
      [](Rows& rows) { rows.original.reset(); },
      [](Rows& rows) { rows.original->amount = 6; },
      [](Rows& rows) { rows.original->credit = 1; },
      [](Rows& rows) { rows.original->debit = 1; },
      [](Rows& rows) { rows.original->id = 4; },
      [](Rows& rows) { rows.undone.reverses = 0; },
      [](Rows& rows) { rows.added.reverses = 1; },
      [](Rows& rows) {
        rows.more = {{5, Kind::reverse, 2, 0, 5, 25, 0, "", 3, 0}}, rows.two.balance = 25;
      },
  };
  for (const auto& damage : damages) {
    CAPTURE(&damage - damages.data());
    Rows rows;
    damage(rows);
    const AuditReport report = recount(rows);
    CHECK(report.violations > 0);
    CHECK_FALSE(report.details.empty());
  }
}

TEST_CASE("All violations are counted and the first few are listed") {
  Recount count;
  for (AccountId id = 1; id <= 100; ++id) count.add(Account{id, 1, false, 1});
  CHECK(count.report().violations == 100);
  CHECK(count.report().details.size() == 20);
}

TEST_CASE("Rows after the given ones are checked but not counted") {
  Recount count(1, 1);
  count.add(Transfer{1, Kind::deposit, 0, 1, 5, 0, 5, "", 0, 0}, std::nullopt, std::nullopt);
  count.add(Transfer{2, Kind::deposit, 0, 2, 5, 0, 6, "", 0, 0}, std::nullopt, std::nullopt);
  count.add(Account{1, 5, false, 1});
  count.add(Account{2, 7, false, 1});
  CHECK(count.report().transfers == 1);
  CHECK(count.report().accounts == 1);
  CHECK_MESSAGE(count.report().violations == 2, "transfer 2 and account 2 are wrong");
}

TEST_CASE("A violation is one line, whatever it quotes") {
  Recount count;
  count.violation("row\n1\x7F");
  CHECK(count.report().details == std::vector<std::string>{"row 1 "});
}

TEST_CASE("Every kind has a name, and a number that is no kind has none") {
  CHECK(name(Kind::create) == "create");
  CHECK(name(Kind::deposit) == "deposit");
  CHECK(name(Kind::withdraw) == "withdraw");
  CHECK(name(Kind::transfer) == "transfer");
  CHECK(name(Kind::reverse) == "reverse");
  CHECK(name(Kind::none).empty());
  CHECK(name(static_cast<Kind>(9)).empty());  // a damaged row can hold it
}
