#pragma once

/// A request's outcome: its stage, the cancel that won, and everyone waiting to learn of either.

#include <optional>
#include <vector>

#include "server/cancel/stage.hpp"
#include "server/cancel/verdict.hpp"
#include "server/seam/mutex.hpp"

namespace cancel {

/// The callbacks of a cancelled request's cancellers.
struct Cancellers {
  VerdictCallback winner;
  std::vector<VerdictCallback> later;  // those that came after the winner
};

class Outcome {
 public:
  // ── Any thread; nothing blocks ──────────────────────────────────────────────────────────────

  const StageWord& stage() const { return stage_; }
  /// Cancels, unless it is too late. Sets `decided` if the verdict is known already; then the
  /// caller runs the callback. Otherwise moves the callback here, where it stays until close().
  CancelAttempt cancel(CancelOrder order, VerdictCallback& on_verdict,
                       std::optional<Verdict>& decided);
  /// Returns the order that won, or null. It stays valid and unchanged while the request lives.
  const CancelOrder* order() const;
  /// Calls back in finish(), or before it returns if finish() has run.
  void on_finished(Callback callback);

  // ── The thread that runs or ends the request; at its end close() or end(), then finish() ────

  /// The transitions of these names in stage.hpp. Those that return false lost against a cancel.
  bool start();
  bool begin_commit() { return stage_.begin_commit(); }
  bool answer() { return stage_.answer(); }
  void end(Stage last) { stage_.end(last); }
  /// Ends a cancelled request: cancelling → cancelled. Returns the callbacks that are due. A
  /// canceller from here on receives `verdict` before its cancel() returns.
  Cancellers close(Verdict verdict);
  /// Runs the callbacks of on_finished(). Once.
  void finish() noexcept;

 private:
  StageWord stage_;

  mutable seam::Mutex mutex_;
  std::optional<CancelOrder> order_ GUARDED_BY(mutex_);      // set together with the swap
  Cancellers cancellers_ GUARDED_BY(mutex_);                 // while cancelling
  std::optional<Verdict> later_verdict_ GUARDED_BY(mutex_);  // once cancelled
  std::vector<Callback> when_finished_ GUARDED_BY(mutex_);
  bool finished_ GUARDED_BY(mutex_) = false;
};

}  // namespace cancel
