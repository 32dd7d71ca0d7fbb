#pragma once

/// The stage of a request: one atomic word, changed by compare-and-swap only. It decides the
/// outcome.
///
// clang-format off
///     queued ──► running ──► committing ──► committed | unknown
///       │          │  │            └──────► answered
///       │          │  └───────────────────► answered
///       └──────────┴──────────────────────► cancelling ──► cancelled
///
///     transition              made by         by                  meaning
///     queued → running        start()         the worker          it has a thread now
///     queued → cancelling     cancel()        any canceller       it never gets a thread
///     running → cancelling    cancel()        any canceller       it unwinds at its next point
///     running → committing    commit()        its own thread      THE POINT OF NO RETURN
///     running → answered      answer()        its own thread      a read or a refusal is the reply
///     committing → committed  end(committed)  its own thread      its change is durable
///     committing → unknown    end(unknown)    its own thread      the COMMIT itself failed
///     committing → answered   end(answered)   its own thread      the store refused before COMMIT
///     cancelling → cancelled  end(cancelled)  the ending thread   everything is released
// clang-format on
///
/// What holds in each stage:
/// - queued: it has no thread and owns no mutex.
/// - running: it is on a worker; cancellation is enabled; the store has received nothing.
/// - committing: cancellation is disabled for good; the store may have the change.
/// - committed, answered, unknown: the outcome is decided; the request is ending.
/// - cancelling: a cancel has won. The store has received nothing and never will. The request is
///   being unwound, and neither customer nor cancellers have an answer yet.
/// - cancelled: what it held is released; if its order was durable, the cancel is durable.
///
/// At most one canceller wins, and none wins after commit() or answer(). So a verdict is final as
/// soon as the swap is decided.

#include <array>
#include <cstdint>
#include <string_view>

#include "server/seam/atomic.hpp"
#include "server/seam/require.hpp"

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
/// Returns the name as people see it: "queued".
constexpr std::string_view name(Stage stage) {
  constexpr std::array<std::string_view, 8> names{"queued",  "running",  "committing", "committed",
                                                  "unknown", "answered", "cancelling", "cancelled"};
  return names[static_cast<std::size_t>(stage)];
}

/// The result of a cancel: whether it won, and the stage that it found.
struct CancelAttempt {
  bool won;
  Stage found;
};

/// Any thread may call any member; none blocks; none is a cancellation point.
class StageWord {
 public:
  Stage load() const { return word_.load(std::memory_order_acquire); }
  /// Returns a stage that may be out of date, at the cost of a relaxed read. Only a swap decides.
  Stage glance() const { return word_.load(std::memory_order_relaxed); }

  /// Each makes its transition and returns true, or changes nothing and returns false.
  bool start() { return swap(Stage::queued, Stage::running); }
  bool commit() { return swap(Stage::running, Stage::committing); }
  bool answer() { return swap(Stage::running, Stage::answered); }
  CancelAttempt cancel() {
    Stage found = load();
    while (found == Stage::queued || found == Stage::running) {
      if (word_.compare_exchange(found, Stage::cancelling)) return {true, found};
    }
    return {false, found};
  }
  /// Makes the last transition. Its caller owns the stage, so it cannot fail.
  void end(Stage last) {
    const Stage from = last == Stage::cancelled ? Stage::cancelling : Stage::committing;
    seam::require(swap(from, last), "only the owner of a stage makes its last transition");
  }

 private:
  bool swap(Stage from, Stage to) { return word_.compare_exchange(from, to); }
  seam::Atomic<Stage> word_{Stage::queued};
};

}  // namespace cancel
