/// Recomputes the books.

#include "tests/prove/invariants/books.hpp"

#include "tests/db/steps.hpp"
#include "tests/prove/invariants/findings.hpp"
#include "tests/prove/invariants/invariants.hpp"

namespace invariants {

std::vector<ledger::Transfer> transfers_after(ledger::Ledger& ledger, ledger::TransferId last) {
  std::vector<ledger::Transfer> transfers;
  while (auto transfer = ledger.transfer(++last)) transfers.push_back(*transfer);
  return transfers;
}

std::map<ledger::AccountId, ledger::Cents> balances(ledger::Ledger& ledger) {
  std::map<ledger::AccountId, ledger::Cents> found;
  // The number of an opening that the disk refused belongs to no account.
  for (ledger::AccountId id = 1; id <= ledger.last_account(); ++id) {
    if (const auto account = ledger.account(id)) found[id] = account->balance;
  }
  return found;
}

std::optional<ledger::KeyRecord> row_from_before(const Evidence& evidence, const Asked& asked,
                                                 ledger::Ledger& ledger) {
  if (!asked.claims_key()) return std::nullopt;
  auto row = ledger.key(asked.account, asked.key);
  // The age of a tombstone is unknown, and so is that of a create without money.
  if (!row || row->cancelled || row->transfer == 0) return std::nullopt;
  return row->transfer <= evidence.transfers_before ? row : std::nullopt;
}

namespace {

/// Checks one side of a transfer: the balance after it, as recomputed and as `written`.
void move(Findings& found, std::map<ledger::AccountId, ledger::Cents>& sums,
          ledger::AccountId account, ledger::Cents change, ledger::Cents written,
          ledger::TransferId id) {
  if (account == ledger::vault) return;
  const ledger::Cents now = sums[account] += change;
  found.require(now == written, "a transfer's balances follow from the transfers before it",
                "transfer", id, "account", account, "has", now, "written", written);
  found.require(now >= 0, "no account is overdrawn", "account", account, "transfer", id);
}

}  // namespace

Sentences books(ledger::Ledger& ledger) {
  Findings found;
  std::map<ledger::AccountId, ledger::Cents> sums;
  std::int64_t count = 0;
  for (const ledger::Transfer& each : transfers_after(ledger, 0)) {
    ++count;
    found.require(each.amount > 0, "a transfer moves a positive amount", each.id);
    move(found, sums, each.debit, -each.amount, each.debit_balance, each.id);
    move(found, sums, each.credit, each.amount, each.credit_balance, each.id);
  }
  for (const auto& [id, balance] : balances(ledger)) {
    found.require(sums[id] == balance, "balances and transfers agree", "account", id, "has",
                  balance, "its transfers add up to", sums[id]);
    sums.erase(id);
  }
  for (const auto& [id, sum] : sums) {
    found.require(false, "every transfer is between existing accounts", "account", id);
  }
  const ledger::AuditReport report = steps::audit(ledger);
  found.require(report.violations == 0, "the store's own audit finds nothing", report.violations);
  found.require(report.transfers == count, "transfers are numbered without a gap", report.transfers,
                count);
  return found.sentences();
}

}  // namespace invariants
