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
  std::vector<VerdictCallback> later;
};

class Outcome {
 public:
  // ── Any thread; nothing blocks ──────────────────────────────────────────────────────────────

  const StageWord& stage() const { return stage_; }
  /// Cancels, unless the stage is too late for it. If the verdict is decided, sets `decided` and
  /// leaves the callback to the caller; otherwise takes the callback and keeps it until close().
  CancelAttempt cancel(CancelOrder order, VerdictCallback& on_verdict,
                       std::optional<Verdict>& decided);
  /// Returns the order that won, or null. It stays valid and unchanged while the request lives.
  const CancelOrder* order() const;
  /// Calls back in finish(); inline if that has happened.
  void on_finished(Callback callback);

  // ── The thread that runs or ends the request ────────────────────────────────────────────────

  /// Each makes the transition of that name in stage.hpp. Returns false if a cancel came first.
  bool start();
  bool commit() { return stage_.commit(); }
  bool answer() { return stage_.answer(); }
  void end(Stage last) { stage_.end(last); }
  /// Ends a cancelled request: cancelling → cancelled. Returns the callbacks that are due; from
  /// here on cancellers receive `later` inline.
  Cancellers close(Verdict later);
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
