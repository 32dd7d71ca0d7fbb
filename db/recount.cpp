#include "db/recount.hpp"

#include <algorithm>
#include <limits>

#include "db/one_line.hpp"
#include "db/rules.hpp"

namespace ledger {
namespace {

constexpr std::size_t details_kept = 20;

std::string account(AccountId id) {
  return "account " + std::to_string(id);
}
std::string transfer(TransferId id) {
  return "transfer " + std::to_string(id);
}
std::string key_of(const KeyRecord& row) {
  return "key " + row.claim.key + " of " + account(row.claim.account);
}

Posting as_posting(const Transfer& row) {
  return {.kind = row.kind,
          .debit = row.debit,
          .credit = row.credit,
          .amount = row.amount,
          .claim = std::nullopt,
          .reverses = row.reverses};
}

}  // namespace

void Recount::violation(const std::string& line) {
  ++report_.violations;
  if (report_.details.size() < details_kept) {
    report_.details.push_back(one_line(line));
  }
}

void Recount::add(const Transfer& row, const std::optional<KeyRecord>& key,
                  const std::optional<Transfer>& original) {
  if (row.id <= counted_transfers_) ++report_.transfers;
  const std::string_view rule = broken_rule(as_posting(row));
  if (!rule.empty()) violation(transfer(row.id) + ": " + std::string(rule));
  // The smallest integer cannot be negated.
  const Cents amount = std::max(row.amount, std::numeric_limits<Cents>::min() + 1);
  move(row, row.debit, -amount, row.debit_balance);
  move(row, row.credit, amount, row.credit_balance);
  if (!row.key.empty()) check_key(row, key);
  if (row.reverses != 0) check_reversal(row, original);
}

void Recount::move(const Transfer& row, AccountId id, Cents change, Cents stored_balance) {
  Cents balance = 0;
  if (id != vault) {
    Cents& tally = tallies_[id].balance;
    // A damaged row can hold any number, and signed overflow is undefined.
    if (__builtin_add_overflow(tally, change, &balance)) balance = largest_balance + 1;
    tally = balance;
  }
  if (balance < 0 || balance > largest_balance) {
    violation(transfer(row.id) + " takes " + account(id) + " out of bounds");
  }
  if (balance != stored_balance) {
    violation(transfer(row.id) + " left " + account(id) + " with " + std::to_string(balance) +
              ", but its row says " + std::to_string(stored_balance));
  }
}

void Recount::check_key(const Transfer& row, const std::optional<KeyRecord>& key) {
  if (!key || key->cancelled || key->transfer != row.id) {
    violation(transfer(row.id) + " names key " + row.key +
              ", whose row does not name the transfer");
  }
}

void Recount::check_reversal(const Transfer& row, const std::optional<Transfer>& original) {
  if (!reversed_.insert(row.reverses).second) {
    violation(transfer(row.reverses) + " is reversed twice");
  }
  if (!original || original->id >= row.id) {
    violation(transfer(row.id) + " reverses a transfer that does not exist");
    return;
  }
  const std::string_view rule = broken_rule(as_posting(row), *original);
  if (!rule.empty()) violation(transfer(row.id) + ": " + std::string(rule));
}

void Recount::add(const Account& row) {
  if (row.id <= counted_accounts_) ++report_.accounts;
  Tally& tally = tallies_[row.id];
  tally.exists = true;
  if (row.balance != tally.balance) {
    violation(account(row.id) + " has " + std::to_string(row.balance) +
              ", but its transfers add up to " + std::to_string(tally.balance));
  }
  if (row.balance < 0 || row.balance > largest_balance) {
    violation(account(row.id) + " is out of bounds");
  }
}

void Recount::add(const KeyRecord& row, const std::optional<Transfer>& made,
                  const std::optional<Account>& created) {
  if (row.cancelled) {
    if (row.transfer != 0) violation(key_of(row) + " is cancelled but names a transfer");
    return;
  }
  const Claim& claim = row.claim;
  if (claim.kind == Kind::create) {
    if (!created) violation(key_of(row) + " created no account");
    if (claim.amount == 0 && row.transfer == 0) return;
  }
  if (!made) {
    violation(key_of(row) + " names a transfer that does not exist");
    return;
  }
  const AccountId other = made->kind == Kind::transfer ? made->credit : 0;
  const bool same = made->kind == claim.kind && made->amount == claim.amount &&
                    made->key == claim.key && other == claim.other &&
                    account_of_key(made->kind, made->debit, made->credit) == claim.account &&
                    (claim.kind != Kind::create || made->credit == row.reply);
  if (!same) violation(key_of(row) + " does not agree with " + transfer(made->id));
}

void Recount::finish_accounts() {
  for (const auto& [id, tally] : tallies_) {
    if (!tally.exists) violation(account(id) + " has transfers but does not exist");
  }
}

}  // namespace ledger
