#pragma once

/// The auditor's arithmetic: fed with every row of a ledger, it works out every balance again from
/// the transfers alone and notes what does not agree. It holds one number per account.
///
/// Order matters: all transfers by id, then all accounts, then all keys, then finish().
/// Used by one thread at a time; takes no lock and does no I/O.

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "db/ledger.hpp"

namespace ledger {

class Recount {
 public:
  /// `key`: the row of the key the transfer says it was made under. `original`: the transfer it
  /// says it reverses. Nothing where there is none.
  void add(const Transfer& row, const std::optional<KeyRecord>& key,
           const std::optional<Transfer>& original);
  void add(const Account& row);
  /// `transfer`: the one the key's row names. Nothing where there is none.
  void add(const KeyRecord& row, const std::optional<Transfer>& transfer);
  /// Accounts that transfers touch and that are not there.
  void finish();

  /// What was found by other means; it is kept as one line.
  void violation(std::string line);

  const AuditReport& report() const { return report_; }

 private:
  struct Tally {
    Cents balance = 0;
    bool there = false;
  };
  void move(const Transfer& row, AccountId id, Cents change, Cents stored_balance);
  void check_key(const Transfer& row, const std::optional<KeyRecord>& key);
  void check_reversal(const Transfer& row, const std::optional<Transfer>& original);

  std::unordered_map<AccountId, Tally> tallies_;
  std::unordered_set<TransferId> reversed_;
  AuditReport report_;
};

}  // namespace ledger
