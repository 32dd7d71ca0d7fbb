#include "tests/prove/interleavings/store.hpp"

#include "db/sqlite/sqlite_ledger.hpp"

namespace interleavings {
namespace {

ledger::Posting old_deposit(ledger::AccountId account, ledger::Cents amount, ledger::Cents after) {
  ledger::Posting old;
  old.kind = ledger::Kind::deposit;
  old.credit = account;
  old.amount = amount;
  old.credit_after = after;
  old.claim = {account, "old", ledger::Kind::deposit, 0, amount};
  old.reply = after;
  old.time = 1;
  return old;
}

ledger::Posting sent_transfer() {
  ledger::Posting sent;
  sent.kind = ledger::Kind::transfer;
  sent.debit = 1;
  sent.credit = 2;
  sent.amount = 20;
  sent.debit_after = 100;
  sent.credit_after = 100;
  sent.claim = {1, "sent", ledger::Kind::transfer, 2, 20};
  sent.reply = 100;
  sent.time = 1;
  return sent;
}

}  // namespace

std::unique_ptr<ledger::Ledger> Store::open() {
  if (!sqlite_) return ledger::make_memory_ledger(disk_);
  if (!folder_) folder_.emplace();
  return ledger::open_sqlite(folder_->path() / "data");
}

void furnish(ledger::Ledger& ledger) {
  const auto unit = ledger.begin();
  for (const ledger::Cents balance : {90, 70, 100}) {
    unit->create({"none", balance, std::nullopt, 1});
  }
  unit->store(old_deposit(1, 30, 120));
  unit->store(old_deposit(2, 10, 80));
  unit->store(sent_transfer());
  unit->commit();
}

}  // namespace interleavings
