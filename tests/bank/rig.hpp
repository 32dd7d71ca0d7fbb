#pragma once

/// A bank without a socket: the test's thread is the boss, the workers are real, and a reply is a
/// line of text.
///
/// Nothing here is timed. The test attends to the workers until its condition holds. Between two
/// looks it waits for a bell, at most for a moment, since a request that reaches a hold does not
/// ring.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/bank/transaction.hpp"
#include "server/cancel/workers.hpp"
#include "server/commands/job_threads.hpp"
#include "tests/bank/gated_ledger.hpp"
#include "tests/bank/inbox.hpp"
#include "tests/bank/reply_text.hpp"
#include "tests/bank/shelf.hpp"

namespace rig {

using bank::Point;
using bank::Reason;
using cancel::Verdict;
using SessionRef = std::shared_ptr<bank::Session>;

SessionRef nobody();
SessionRef customer(ledger::AccountId account, std::int64_t pin_version = 1);
SessionRef teller();
SessionRef operator_();

class Bell {
 public:
  void ring();
  /// Returns when it is rung, or after a moment.
  void wait();

 private:
  seam::Mutex mutex_;
  seam::Condition heard_;
  bool rung_ GUARDED_BY(mutex_) = false;
};

/// A request that was sent.
struct Asked {
  std::shared_ptr<bank::Transaction> txn;
  std::shared_ptr<Inbox> inbox;

  std::optional<std::string> reply() const { return inbox->reply(); }
  std::string handle() const { return to_string(txn->handle()); }
};

struct Options {
  Store store = Store::memory;
  cancel::Mechanism mechanism = cancel::Mechanism::token;
  bool teaching = true;
  bank::Pins::Cost pin_cost = bank::Pins::Cost::cheap;
  cancel::WorkerPool::Options workers{};
  cancel::Observer* observer = nullptr;
};

/// Subcases: the rest of the test case runs once for each.
Options each_mechanism();
Options each_store();
Options each_store_and_mechanism();

class Rig {
 public:
  explicit Rig(const Options& options = {});
  /// Releases every held request and attends until none is left.
  ~Rig();
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  bank::Bank& bank() { return *bank_; }
  Shelf& shelf() { return shelf_; }
  GatedLedger& gate() { return *gate_; }
  cancel::WorkerPool& workers() { return *workers_; }
  bank::Transaction::Threads threads();
  /// The number of calls of on_unknown.
  int unknowns() const { return unknowns_.load(); }
  /// The number of calls of on_fault that the test expects: none, otherwise. The destructor checks.
  void expect_faults(int count) { expected_faults_ = count; }
  /// Whether no thread but the workers and blocking callers commits.
  bool leaders_are_idle() const { return leaders_->idle(); }
  /// Closes the bank and its ledger, and opens them again.
  void restart();

  // ── Asking ──────────────────────────────────────────────────────────────────────────────────

  /// Creates an account with that balance.
  ledger::AccountId open_account(ledger::Cents balance = 0);
  Asked start(const SessionRef& as, const std::string& command);
  /// Starts it, waits until it is gone, and returns its reply.
  std::string ask(const SessionRef& as, const std::string& command);
  std::string ask(const std::string& command) { return ask(teller(), command); }
  /// Waits until it is gone, and returns its reply.
  std::string finish(const Asked& asked);
  void attend_until_gone(bank::Transaction& txn);
  ledger::Cents balance(ledger::AccountId account);
  /// Freezes the account, or not, and waits until that is durable.
  void set_frozen(ledger::AccountId account, bool frozen);
  /// Returns the outcome in the reply of STATUS, or the error.
  std::string outcome(ledger::AccountId account, const std::string& key);
  /// Returns the violations that an audit of the ledger finds.
  std::int64_t violations();

  // ── Holding ─────────────────────────────────────────────────────────────────────────────────

  void hold(Point point, std::optional<ledger::AccountId> account = std::nullopt);
  /// Starts it and waits until it is held at the point. The hold is removed; it stays held.
  Asked start_held(const SessionRef& as, const std::string& command, Point point);
  void attend_until_held(const Asked& asked, Point point);
  /// Shuts the gate, and starts a request whose commit waits there.
  Asked start_at_gate(const std::string& command, const SessionRef& as = teller());
  /// Waits until so many changes are ordered and not decided.
  void attend_until_committing(std::size_t count);
  /// Waits until it waits for that: "lock", "commit".
  void attend_until_waiting(const Asked& asked, std::string_view what);
  void attend_until(const std::function<bool()>& holds);

  // ── Cancelling ──────────────────────────────────────────────────────────────────────────────

  /// A verdict, once it has been given.
  struct Told {
    seam::Atomic<int> times{0};
    seam::Atomic<Verdict> verdict{Verdict::invalid};
  };
  using ToldRef = std::shared_ptr<Told>;
  ToldRef start_cancel(const Asked& asked, Reason reason = Reason::operator_,
                       const std::string& why = {});
  /// By its handle, as the operator does.
  ToldRef start_cancel_handle(const std::string& handle, const std::string& why = {});
  ToldRef start_cancel_key(ledger::AccountId account, const std::string& key);
  /// Runs the job on a thread of its own, which may block for the disk.
  void elsewhere(std::function<void()> job);
  Verdict wait_for(const ToldRef& told);

  /// Whether nothing is in flight: no handle, no mutex, no buffer.
  bool quiet();
  void attend_until_quiet();

 private:
  void open();
  void close();

  Bell bell_;
  const Options options_;
  Shelf shelf_;
  std::unique_ptr<GatedLedger> gate_;
  std::unique_ptr<commands::JobThreads> leaders_;  // commit where requests can be held
  std::unique_ptr<bank::Bank> bank_;
  std::unique_ptr<cancel::WorkerPool> workers_;
  seam::Atomic<int> unknowns_{0};
  seam::Atomic<int> faults_{0};
  int expected_faults_ = 0;
  std::vector<std::unique_ptr<seam::Thread>> jobs_;  // used by the test's thread only
};

}  // namespace rig
