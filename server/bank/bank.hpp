#pragma once

/// The state that all transactions share. It outlives every transaction.

#include <functional>

#include "db/ledger.hpp"
#include "server/bank/account_mutexes.hpp"
#include "server/bank/commit_queue.hpp"
#include "server/bank/counters.hpp"
#include "server/bank/key_claims.hpp"
#include "server/bank/pins.hpp"
#include "server/bank/points.hpp"
#include "server/bank/session.hpp"
#include "server/bank/unknown_accounts.hpp"
#include "server/cancel/handle_table.hpp"
#include "server/cancel/holds.hpp"

namespace bank {

class Transaction;

struct Bank {
  struct Options {
    cancel::Mechanism mechanism = cancel::Mechanism::token;
    bool teaching = false;  // holds are possible, and points record their times
    Pins::Cost pin_cost = Pins::Cost::service;
    /// Called once, on a worker's thread, when a COMMIT has failed: the outcome is unknown, so the
    /// server must stop. Must not block.
    std::function<void()> on_unknown = [] {};
    cancel::Observer* observer = nullptr;  // of every transaction; outlives the bank
  };

  Bank(ledger::Ledger& store, const Options& wanted)
      : options(wanted),
        ledger(store),
        commits(store, wanted.on_unknown),
        pins(wanted.pin_cost),
        transactions(store.start_number()) {
    install_points();
  }

  const Options options;
  ledger::Ledger& ledger;
  CommitQueue commits;
  AccountMutexes accounts;
  KeyClaims claims;
  Pins pins;
  PinVersions pin_versions;
  UnknownAccounts unknown_accounts;
  cancel::HandleTable<Transaction> transactions;
  cancel::Holds holds;
  Counters counters;
};

}  // namespace bank
