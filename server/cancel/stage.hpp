#pragma once

/// The stage of a request: one word, changed by compare-and-swap only. It decides the outcome.
///
///     queued ──► running ──► committing ──► committed | unknown
///       │          │  │            └──────► answered
///       │          │  └───────────────────► answered
///       └──────────┴──────────────────────► cancelling ──► cancelled
///
///     transition              made by             who                 means
///     queued → running        start()             the worker          it has a thread now
///     queued → cancelling     cancel()            any canceller       it never gets one
///     running → cancelling    cancel()            any canceller       it unwinds at its next point
///     running → committing    commit()            the request itself  THE POINT OF NO RETURN
///     running → answered      answer()            the request itself  a read or a refusal is told
///     committing → committed  end(committed)      the request itself  its change is durable
///     committing → unknown    end(unknown)        the request itself  the store cannot say
///     committing → answered   end(answered)       the request itself  refused before COMMIT
///     cancelling → cancelled  end(cancelled)      whoever cleaned up  everything is let go
///
/// What holds in each stage:
/// - queued: no thread, no mutex; the request's buffer and its key are claimed.
/// - running: on a worker; cancellation is enabled; nothing has been given to the store.
/// - committing: cancellation is disabled for good; the store may have the change.
/// - committed, answered, unknown: the outcome stands; the request is on its way out.
/// - cancelling: the cancel has won. Nothing was given to the store and nothing will be; whoever
///   holds the request's thread is unwinding it, and nobody has been told yet.
/// - cancelled: what it held is released and its tombstone, where one is due, is durable.
///
/// One canceller at the most wins, and no canceller wins once commit() or answer() has. So a
/// verdict can be given the moment the swap is decided, and never turns out wrong.

#include <cstdint>
#include <string_view>

#include "server/seam/seam.hpp"

namespace cancel {

enum class Stage : std::uint8_t {
  queued,
  running,
  committing,
  committed,
  unknown,
  answered,
  cancelling,
  cancelled,
};
std::string_view name(Stage stage);

/// What a cancel found: the stage it ended, if it won, or the one that was too late to end.
struct CancelAttempt {
  bool won;
  Stage found;
};

/// Any thread may call anything here; nothing blocks; nothing is a cancellation point.
class StageWord {
 public:
  Stage load() const { return word_.load(std::memory_order_acquire); }
  /// A guess that costs nothing; a swap decides.
  Stage glance() const { return word_.load(std::memory_order_relaxed); }

  bool start() { return swap(Stage::queued, Stage::running); }
  bool commit() { return swap(Stage::running, Stage::committing); }
  bool answer() { return swap(Stage::running, Stage::answered); }
  CancelAttempt cancel();
  /// The last transition, from committing or cancelling. It cannot fail: its caller owns the stage.
  void end(Stage last);

 private:
  bool swap(Stage from, Stage to) { return word_.compare_exchange(from, to); }
  seam::Atomic<Stage> word_{Stage::queued};
};

}  // namespace cancel
