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
///     transition              function        thread              meaning
///     queued → running        start()         the worker          it has a thread now
///     queued → cancelling     cancel()        any canceller       it never gets a thread
///     running → cancelling    cancel()        any canceller       it unwinds at its next point
///     running → committing    begin_commit()  its own thread      THE POINT OF NO RETURN
///     running → answered      answer()        its own thread      a read or a refusal is the reply
///     committing → committed  end(committed)  the ending thread   its change is durable
///     committing → unknown    end(unknown)    the ending thread   the COMMIT itself failed
///     committing → answered   end(answered)   the ending thread   the store refused before COMMIT
///     cancelling → cancelled  end(cancelled)  the ending thread   its cleanup entries have run
// clang-format on
///
/// What holds in each stage:
/// - queued: it has no thread and owns no mutex.
/// - running: it is on a worker; cancellation is enabled; none of its work is stored.
/// - committing: cancellation is disabled until the end; its work may be stored. If its thread has
///   done its part already, the thread that learns that the work is durable ends the request.
/// - committed, answered: no cancel can change the outcome; the request is ending.
/// - unknown: as committed, but only the application's store can say later whether it is stored.
/// - cancelling: a cancel has won. None of its work is stored, or will be. The request is being
///   unwound, and neither customer nor cancellers have an answer yet.
/// - cancelled: its code's entries have run and the verdict is decided. Its handle goes last.
///
/// At most one canceller wins, and none after begin_commit() or answer(). The swap decides who
/// wins; Request::make_durable() then decides the winner's verdict, before anyone receives it.

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
  /// Returns a stage that may be out of date, by a cheap (relaxed) read. Only a swap decides.
  Stage glance() const { return word_.load(std::memory_order_relaxed); }

  /// Each makes its transition and returns true, or changes nothing and returns false.
  bool start() { return swap(Stage::queued, Stage::running); }
  bool begin_commit() { return swap(Stage::running, Stage::committing); }
  bool answer() { return swap(Stage::running, Stage::answered); }
  /// Wins if it makes its transition.
  CancelAttempt cancel() {
    Stage found = load();
    while (found == Stage::queued || found == Stage::running) {
      if (word_.compare_exchange(found, Stage::cancelling)) return {true, found};
    }
    return {false, found};
  }
  /// Makes the last transition, from committing or cancelling. Only the ending thread does.
  void end(Stage last) {
    const Stage from = last == Stage::cancelled ? Stage::cancelling : Stage::committing;
    seam::require(swap(from, last),
                  "only the thread that ends a request makes its last transition");
  }

 private:
  bool swap(Stage from, Stage to) { return word_.compare_exchange(from, to); }
  seam::Atomic<Stage> word_{Stage::queued};
};

}  // namespace cancel
