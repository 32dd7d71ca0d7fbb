#pragma once

/// What is known from outside about a run of the bank: what was asked, what was told, and what the
/// ledger held before. The invariants (invariants.hpp) hold it against the ledger.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/ledger.hpp"
#include "server/bank/operation.hpp"
#include "server/cancel/request.hpp"

namespace invariants {

/// A request, and what it was answered.
struct Asked {
  bank::Operation operation = bank::Operation::unknown;
  ledger::AccountId account = ledger::vault;  // 0 of a create
  ledger::AccountId to = ledger::vault;       // of a transfer
  ledger::Cents amount = 0;                   // of a create: the opening balance
  std::string key;                            // of a reverse: the key of what it undoes
  /// In one line (rig::text); nothing if none came: the machine died first, or nobody listened.
  std::optional<std::string> reply{};
  int replies = 1;  // how often it was answered

  /// A reverse names another's.
  bool claims_key() const { return !key.empty() && operation != bank::Operation::reverse; }
  bool acknowledged() const { return reply && !reply->starts_with("-"); }
  /// Nobody knows, from the replies alone, whether it took place.
  bool uncertain() const { return !reply || reply->starts_with("-UNKNOWN"); }
};

/// A cancel, and its verdict.
struct Cancelled {
  std::optional<std::size_t> request{};  // which of those asked; nothing for a cancel by key
  ledger::AccountId account = ledger::vault;
  std::string key{};   // of a cancel by key
  bool final = false;  // by people: its key gets a tombstone
  cancel::Verdict verdict = cancel::Verdict::invalid;
  int times = 1;            // how often it was told
  bool unanswered = false;  // when the verdict came, its request had not been answered yet
};

struct Evidence {
  std::map<ledger::AccountId, ledger::Cents> before;  // accounts, and their balances
  ledger::TransferId transfers_before = 0;            // the last one
  std::vector<Asked> asked;
  std::vector<Cancelled> cancelled;
  /// False where the machine may have failed: then an outcome may be unknown, and a request past
  /// its point of no return need not have been stored.
  bool machine_well = true;
};

/// What is in use once all is over.
struct Left {
  std::size_t handles = 0;    // transactions in flight
  std::size_t mutexes = 0;    // accounts locked
  std::size_t buffers = 0;    // request buffers
  std::size_t commits = 0;    // waiting for a commit
  std::size_t units = 0;      // database transactions open
  std::size_t workers = 0;    // that have not come to their end
  std::size_t uncleaned = 0;  // cleanup entries pushed and never popped
};

}  // namespace invariants
