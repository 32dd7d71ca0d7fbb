#pragma once

/// Short names for the steps that tests repeat.

#include <optional>
#include <string>

#include "db/ledger.hpp"

namespace steps {

inline constexpr ledger::TransferId newest = INT64_MAX;

inline bool always() {
  return true;
}

/// Returns a deposit into an account with the balance `before`; it claims the key, if given one.
inline ledger::Posting deposit(ledger::AccountId to, ledger::Cents before, ledger::Cents amount,
                               const std::string& key = {}) {
  ledger::Posting posting;
  posting.kind = ledger::Kind::deposit;
  posting.credit = to;
  posting.amount = amount;
  posting.credit_after = before + amount;
  posting.reply = before + amount;
  posting.time = 1'700'000'000'000'000;
  if (!key.empty()) posting.claim = ledger::Claim{to, key, ledger::Kind::deposit, 0, amount};
  return posting;
}

inline ledger::Posting withdraw(ledger::AccountId from, ledger::Cents before, ledger::Cents amount,
                                const std::string& key = {}) {
  ledger::Posting posting;
  posting.kind = ledger::Kind::withdraw;
  posting.debit = from;
  posting.amount = amount;
  posting.debit_after = before - amount;
  posting.reply = before - amount;
  if (!key.empty()) posting.claim = ledger::Claim{from, key, ledger::Kind::withdraw, 0, amount};
  return posting;
}

inline ledger::Posting transfer(ledger::AccountId from, ledger::Cents from_before,
                                ledger::AccountId to, ledger::Cents to_before, ledger::Cents amount,
                                const std::string& key = {}) {
  ledger::Posting posting;
  posting.kind = ledger::Kind::transfer;
  posting.debit = from;
  posting.credit = to;
  posting.amount = amount;
  posting.debit_after = from_before - amount;
  posting.credit_after = to_before + amount;
  posting.reply = from_before - amount;
  if (!key.empty()) posting.claim = ledger::Claim{from, key, ledger::Kind::transfer, to, amount};
  return posting;
}

/// Returns the posting that reverses `done`, given the balances of its accounts now (the vault's is
/// ignored).
inline ledger::Posting reverse(const ledger::Transfer& done, ledger::Cents debited_has,
                               ledger::Cents credited_has) {
  ledger::Posting posting;
  posting.kind = ledger::Kind::reverse;
  posting.debit = done.credit;
  posting.credit = done.debit;
  posting.amount = done.amount;
  posting.debit_after = credited_has - done.amount;
  posting.credit_after = debited_has + done.amount;
  posting.reverses = done.id;
  return posting;
}

inline ledger::Opening opening(ledger::Cents balance, const std::string& key = {}) {
  ledger::Opening opening;
  opening.pin_hash = "hash";
  opening.balance = balance;
  opening.time = 1'700'000'000'000'000;
  if (!key.empty()) opening.claim = ledger::Claim{0, key, ledger::Kind::create, 0, balance};
  return opening;
}

// Each of these commits a unit of its own.
inline ledger::AccountId create(ledger::Ledger& on, ledger::Cents balance,
                                const std::string& key = {}) {
  const auto unit = on.begin();
  const ledger::AccountId id = unit->create(opening(balance, key));
  unit->commit();
  return id;
}

inline ledger::TransferId store(ledger::Ledger& on, const ledger::Posting& posting) {
  const auto unit = on.begin();
  const ledger::TransferId id = unit->store(posting);
  unit->commit();
  return id;
}

inline void store_tombstone(ledger::Ledger& on, ledger::AccountId account, const std::string& key) {
  const auto unit = on.begin();
  unit->store_tombstone(account, key, 1'700'000'000'000'001);
  unit->commit();
}

inline ledger::Cents balance(ledger::Ledger& on, ledger::AccountId id) {
  const std::optional<ledger::Account> found = on.account(id);
  return found ? found->balance : -1;
}

/// Runs a scan to its end.
inline void finish(ledger::Scan& scan) {
  while (scan.next(always)) {
  }
}

inline ledger::AuditReport audit(ledger::Ledger& on) {
  const auto scan = on.audit();
  finish(*scan);
  return scan->report();
}

inline void backup(ledger::Ledger& on, const std::string& path) {
  finish(*on.backup(path));
}

}  // namespace steps
