#pragma once

/// The state that all transactions share. It outlives every transaction.

#include <functional>

#include "db/ledger.hpp"
#include "server/bank/account_table.hpp"
#include "server/bank/committer.hpp"
#include "server/bank/counters.hpp"
#include "server/bank/key_table.hpp"
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
    /// Called once, on the leader's thread, when a COMMIT has failed: the outcome is unknown, so
    /// the server must stop. Must not block.
    std::function<void()> on_unknown = [] {};
    /// Called on the leader's thread when the store contradicts an ordered change, which is a fault
    /// of the server. The text is one line. Must not block.
    std::function<void(const std::string&)> on_fault = [](const std::string&) {};
    /// Runs a job soon, on a thread that no request can occupy; the job may block. By default it
    /// runs at once, on the calling thread. Any thread.
    std::function<void(std::function<void()>)> elsewhere = [](const auto& job) { job(); };
    cancel::Observer* observer = nullptr;  // of every transaction; outlives the bank
  };

  Bank(ledger::Ledger& store, const Options& wanted)
      : options(wanted),
        ledger(store),
        commits(store, {wanted.on_unknown, wanted.on_fault,
                        [this](auto job) { options.elsewhere(std::move(job)); }}),
        accounts(store),
        pins(wanted.pin_cost),
        transactions(store.start_number()) {
    install_points();
  }

  const Options options;
  ledger::Ledger& ledger;
  Committer commits;
  AccountTable accounts;
  KeyTable keys;
  Pins pins;
  PinVersions pin_versions;
  UnknownAccounts unknown_accounts;
  cancel::HandleTable<Transaction> transactions;
  cancel::Holds holds;
  Counters counters;
};

}  // namespace bank
