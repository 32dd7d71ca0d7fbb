#pragma once

/// A branch of the bank: the real bank and its workers on an SQLite ledger, without a socket. The
/// test's thread is the boss and makes all calls. A wait has no bound of its own: Report ends the
/// program if a case hangs.

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

/// Returns the verdict in the reply to a cancel, given in one line; unknown for any other reply.
cancel::Verdict verdict_in(const std::string& reply);

class Bell {
 public:
  void ring();
  /// Blocks until the bell is rung, for at most a millisecond.
  void wait();

 private:
  std::mutex mutex_;
  std::condition_variable heard_;
  bool rung_ = false;
};

/// Receives the reply of a request. Any thread may call.
class Inbox final : public bank::ReplySink {
 public:
  explicit Inbox(Bell& bell) : bell_(bell) {}
  bool deliver(const bank::Reply& reply) noexcept override;
  /// Returns the reply in one line, if it has arrived.
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

/// Appends the evidence of a later time.
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
  /// Releases all holds, waits until no request is left, and closes the ledger.
  ~Branch();
  Branch(const Branch&) = delete;
  Branch& operator=(const Branch&) = delete;

  ledger::Ledger& ledger() { return *ledger_; }
  rig::GatedLedger& gate() { return gate_; }
  bank::Bank& bank() { return bank_; }
  /// Returns how often the bank has asked the server to stop.
  int unknowns() const { return unknowns_; }
  /// Stops the workers once no request is left. Returns what is still in use.
  invariants::Left left();
  /// Returns all requests and replies.
  const invariants::Evidence& evidence() const { return evidence_; }

  // Each of these returns the reply in one line.
  std::string ask(const std::string& command) { return finish(start(command)); }
  std::string log_in(ledger::AccountId account, const std::string& pin);
  std::string freeze(ledger::AccountId account);
  std::string unfreeze(ledger::AccountId account);
  std::string unlock(ledger::AccountId account);
  std::string cancel_key(ledger::AccountId account, const std::string& key);
  std::string cancel(const Asked& asked);
  /// Returns the outcome that STATUS gives, or the code of its error.
  std::string status(ledger::AccountId account, const std::string& key);
  std::int64_t violations();

  Asked start(const std::string& command);
  /// Starts a request and waits until it is held at the point or answered.
  Asked start_held(const std::string& command, bank::Point point);
  /// Waits until the request has ended and returns its reply.
  std::string finish(const Asked& asked);
  /// Starts a cancel by key on its own thread, because it may wait for its commit.
  Cancelling start_cancel_key(ledger::AccountId account, const std::string& key);
  std::string finish(const Cancelling& cancelling);
  /// Attends to the workers until the condition holds.
  void attend_until(const std::function<bool()>& holds);
  /// As above, for a condition that becomes true soon and rings no bell.
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
