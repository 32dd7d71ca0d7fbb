#pragma once

/// The auditor's arithmetic. Fed with every row of a ledger, it recomputes every balance from the
/// transfers alone and records each disagreement. It keeps one number per account.
///
/// Order matters: all transfers by number, then all accounts, then all keys, then finish().
/// Used by one thread at a time; never blocks.

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "db/records.hpp"

namespace ledger {

class Recount {
 public:
  /// Counts a transfer. `key` is the row of the key that the transfer names, `original` the
  /// transfer that it reverses; each is empty if there is none.
  void add(const Transfer& row, const std::optional<KeyRecord>& key,
           const std::optional<Transfer>& original);
  /// Compares an account with its transfers.
  void add(const Account& row);
  /// Compares a key's row with the transfer that it names, if there is one.
  void add(const KeyRecord& row, const std::optional<Transfer>& transfer);
  /// Records the accounts that transfers name and that do not exist.
  void finish();

  /// Records a violation that the caller has found, as one line.
  void violation(std::string line);

  const AuditReport& report() const { return report_; }

 private:
  struct Tally {
    Cents balance = 0;
    bool exists = false;
  };
  void move(const Transfer& row, AccountId id, Cents change, Cents stored_balance);
  void check_key(const Transfer& row, const std::optional<KeyRecord>& key);
  void check_reversal(const Transfer& row, const std::optional<Transfer>& original);

  std::unordered_map<AccountId, Tally> tallies_;
  std::unordered_set<TransferId> reversed_;
  AuditReport report_;
};

}  // namespace ledger
