#pragma once

/// A branch of the bank: the real bank and its workers on an SQLite ledger, without a socket. The
/// test's thread is the boss; all of it is called by that. What never comes about is waited for
/// without end: Report sees to that.

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "db/sqlite/sqlite_ledger.hpp"
#include "server/bank/transaction.hpp"
#include "server/cancel/workers.hpp"
#include "tests/bank/gated_ledger.hpp"
#include "tests/prove/invariants/evidence.hpp"

namespace prove {

class Bell {
 public:
  void ring();
  /// Until it is rung, or for a moment.
  void wait();

 private:
  std::mutex mutex_;
  std::condition_variable heard_;
  bool rung_ = false;
};

/// Whoever waits for the reply. Any thread.
class Inbox final : public bank::ReplySink {
 public:
  explicit Inbox(Bell& bell) : bell_(bell) {}
  bool deliver(const bank::Reply& reply) noexcept override;
  /// In one line.
  std::optional<std::string> reply() const;
  int replies() const;

 private:
  Bell& bell_;
  mutable std::mutex mutex_;
  std::optional<std::string> reply_;
  int replies_ = 0;
};

struct Asked {
  std::shared_ptr<bank::Transaction> txn;
  std::shared_ptr<Inbox> inbox;
  std::size_t number = 0;  // in the evidence
};

struct Cancelling {
  ledger::AccountId account;
  std::string key;
  std::shared_ptr<Inbox> inbox;
  std::future<void> thread;
};

/// Puts what is known of a later time behind it.
void append(invariants::Evidence& known, const invariants::Evidence& more);

class Branch {
 public:
  struct Options {
    std::filesystem::path directory;
    ledger::SqliteOptions sqlite;
    cancel::Mechanism mechanism = cancel::Mechanism::token;
  };
  /// Throws ledger::OpenFailed.
  explicit Branch(const Options& options);
  /// Lets everything go, attends until nothing is left, and closes the ledger.
  ~Branch();
  Branch(const Branch&) = delete;
  Branch& operator=(const Branch&) = delete;

  ledger::Ledger& ledger() { return *ledger_; }
  rig::GatedLedger& gate() { return gate_; }
  bank::Bank& bank() { return bank_; }
  /// How often the bank has asked the server to stop.
  int unknowns() const { return unknowns_; }
  /// What is still in use once all have been answered and the workers have gone home.
  invariants::Left left();
  /// All that was asked of it, and what was told.
  const invariants::Evidence& evidence() const { return evidence_; }

  // Each of these returns the reply in one line.
  std::string ask(const std::string& command) { return finish(start(command)); }
  std::string log_in(ledger::AccountId account, const std::string& pin);
  std::string freeze(ledger::AccountId account);
  std::string unfreeze(ledger::AccountId account);
  std::string unlock(ledger::AccountId account);
  std::string cancel_key(ledger::AccountId account, const std::string& key);
  std::string cancel(const Asked& asked);
  /// The outcome that STATUS gives, or the error's code.
  std::string status(ledger::AccountId account, const std::string& key);
  std::int64_t violations();

  Asked start(const std::string& command);
  /// Starts it and waits until it is held at the point or answered.
  Asked start_held(const std::string& command, bank::Point point);
  /// Waits until it is gone.
  std::string finish(const Asked& asked);
  /// A cancel by key on a thread of its own, for it may have to wait for its commit.
  Cancelling start_cancel_key(ledger::AccountId account, const std::string& key);
  std::string finish(const Cancelling& cancelling);
  /// Attends to the workers until it holds.
  void attend_until(const std::function<bool()>& holds);
  /// As above, for what comes about in a moment and rings no bell.
  void attend_closely_until(const std::function<bool()>& holds);

 private:
  std::string await(const std::shared_ptr<Inbox>& answer);
  std::size_t note(const bank::Arguments& asked);

  const std::size_t threads_before_;
  Bell bell_;
  std::unique_ptr<ledger::Ledger> ledger_;
  rig::GatedLedger gate_;
  std::atomic<int> unknowns_{0};
  bank::Bank bank_;
  cancel::WorkerPool workers_;
  invariants::Evidence evidence_;
  std::size_t uncleaned_ = 0;
};

}  // namespace prove
