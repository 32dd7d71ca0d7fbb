#pragma once

/// The evidence of a run of the bank: the requests and cancels, their replies and verdicts, and the
/// state of the ledger before. The invariants (invariants.hpp) compare it with the ledger.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/ledger.hpp"
#include "server/bank/operation.hpp"
#include "server/cancel/request.hpp"

namespace invariants {

/// A request and its reply.
struct Asked {
  bank::Operation operation = bank::Operation::unknown;
  ledger::AccountId account = ledger::vault;  // 0 of a create
  ledger::AccountId to = ledger::vault;       // of a transfer
  ledger::Cents amount = 0;                   // of a create: the opening balance
  std::string key;  // of a reverse: the key of the transfer that it undoes
  /// In one line (rig::text); nullopt if none arrived: the machine died first, or the client left.
  std::optional<std::string> reply{};
  int replies = 1;  // how many arrived

  /// False for a reverse: it names the key of another request.
  bool claims_key() const { return !key.empty() && operation != bank::Operation::reverse; }
  bool acknowledged() const { return reply && !reply->starts_with("-"); }
  /// The replies alone do not show whether it took place.
  bool uncertain() const { return !reply || reply->starts_with("-UNKNOWN"); }
};

/// A cancel and its verdict.
struct Cancelled {
  std::optional<std::size_t> request{};  // index in Evidence::asked; nullopt for a cancel by key
  ledger::AccountId account = ledger::vault;
  std::string key{};     // of a cancel by key
  bool durable = false;  // by the customer or operator: writes a tombstone
  cancel::Verdict verdict = cancel::Verdict::invalid;
  int times = 1;            // how many verdicts arrived
  bool unanswered = false;  // the verdict arrived before the request's reply
};

struct Evidence {
  std::map<ledger::AccountId, ledger::Cents> before;  // balances by account
  ledger::TransferId transfers_before = 0;            // the last one
  std::vector<Asked> asked;
  std::vector<Cancelled> cancelled;
  /// False if the machine may have failed. Then an outcome may be unknown, and a request past its
  /// point of no return may not have been stored.
  bool machine_well = true;
};

/// Resources still in use after the run; each must be 0.
struct Left {
  std::size_t handles = 0;    // transactions in flight
  std::size_t mutexes = 0;    // accounts locked
  std::size_t buffers = 0;    // request buffers
  std::size_t commits = 0;    // requests waiting for a commit
  std::size_t units = 0;      // database transactions open
  std::size_t workers = 0;    // that have not ended
  std::size_t uncleaned = 0;  // cleanup entries pushed and not popped
};

}  // namespace invariants
