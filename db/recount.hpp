#pragma once

/// The arithmetic of the audit. The caller adds every row of a ledger; Recount recomputes every
/// balance from the transfers alone and records each disagreement. It keeps one number per account.
///
/// Order matters: all transfers by number, then all accounts, then finish_accounts(). Transfers may
/// also be added between accounts, as long as each account agrees with the transfers added before
/// it. Used by one thread at a time; never blocks.

#include <limits>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "db/records.hpp"

namespace ledger {

class Recount {
 public:
  /// Rows with higher numbers than these are checked, but the report does not count them.
  explicit Recount(TransferId last_transfer = std::numeric_limits<TransferId>::max(),
                   AccountId last_account = std::numeric_limits<AccountId>::max())
      : counted_transfers_(last_transfer), counted_accounts_(last_account) {}

  /// Counts a transfer. `key` is the row of the key that the transfer names, `original` the
  /// transfer that it reverses; each is empty if there is none.
  void add(const Transfer& row, const std::optional<KeyRecord>& key,
           const std::optional<Transfer>& original);
  /// Compares an account with its transfers.
  void add(const Account& row);
  /// Records the accounts that transfers name and that were not added.
  void finish_accounts();
  /// Compares a key's row with the transfer that it names and, for a create, with the account in
  /// its reply; each is empty if it does not exist.
  void add(const KeyRecord& row, const std::optional<Transfer>& transfer,
           const std::optional<Account>& created);

  /// Records a violation that the caller has found, as one line.
  void violation(const std::string& line);

  const AuditReport& report() const { return report_; }

 private:
  struct Tally {
    Cents balance = 0;
    bool exists = false;
  };
  void move(const Transfer& row, AccountId id, Cents change, Cents stored_balance);
  void check_key(const Transfer& row, const std::optional<KeyRecord>& key);
  void check_reversal(const Transfer& row, const std::optional<Transfer>& original);

  const TransferId counted_transfers_;
  const AccountId counted_accounts_;
  std::unordered_map<AccountId, Tally> tallies_;
  std::unordered_set<TransferId> reversed_;
  AuditReport report_;
};

}  // namespace ledger
