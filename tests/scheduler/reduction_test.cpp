/// Reduction leaves out equivalent orders and nothing else: the reduced orders cover every class of
/// equivalent orders, each once.

#include <array>
#include <random>
#include <set>

#include <doctest/doctest.h>

#include "server/cancel/handle_table.hpp"
#include "tests/scheduler/explore.hpp"
#include "tests/scheduler/normal_form.hpp"

namespace {

std::set<std::string> orders(const explore::Options& options, const explore::Body& body,
                             explore::Result& result) {
  std::set<std::string> found;
  result = explore::exhaustive(options, [&](explore::Run& run) {
    body(run);
    found.insert(explore::normal_form(run.steps()));
  });
  return found;
}

void check_reduction(const explore::Body& body) {
  explore::Result all;
  explore::Result reduced;
  const auto unreduced = orders({.reduce = false}, body, all);
  const auto those = orders({}, body, reduced);
  CHECK_FALSE(all.failure);
  CHECK(all.complete);
  CHECK(reduced.complete);
  CHECK(those == unreduced);
  CHECK(reduced.runs - reduced.redundant == unreduced.size());
}

/// Threads of a few random steps: reads and writes of two words, some under a mutex.
void drawn_by_lot(explore::Run& run, unsigned seed) {
  std::mt19937 lot(seed);
  std::array<seam::Atomic<int>, 2> words;
  std::array<seam::Mutex, 2> mutexes;
  const auto step = [&words](unsigned what) {
    seam::Atomic<int>& word = words[what % 2];
    if (what % 4 < 2) {
      (void)word.load();
    } else {
      word.store(1);
    }
  };
  for (const unsigned length : {3U, 2U, 2U}) {
    std::vector<unsigned> program;
    for (unsigned i = 0; i < length; ++i) program.push_back(static_cast<unsigned>(lot()) % 12);
    run.spawn("t", [&step, &mutexes, program] {
      for (const unsigned what : program) {
        if (what < 8) {
          step(what);
        } else {
          const seam::Lock lock(mutexes[what % 2]);
          if (what >= 10) step(what);
        }
      }
    });
  }
  run.go();
}

/// One thread waits, another wakes it, a third cancels it, and all touch a word besides.
void woken_or_cancelled(explore::Run& run) {
  seam::Mutex mutex;
  seam::Condition condition;
  seam::Atomic<int> word;
  bool ready = false;
  const auto waiter = run.spawn("waiter", [&] {
    const seam::Lock lock(mutex);
    while (!ready) condition.wait_in_window(mutex);
    word.store(1);
  });
  run.spawn("teller", [&] {
    word.store(2);
    const seam::Lock lock(mutex);
    ready = true;
    condition.notify();
  });
  run.spawn("canceller", [&] {
    (void)word.load();
    waiter->cancel();
    word.store(3);
  });
  run.go();
}

/// Two threads await an event of a third, and all touch a word.
void awaited(explore::Run& run) {
  seam::Atomic<int> word;
  const int event = 0;
  for (const int me : {1, 2}) {
    run.spawn("waiter", [&, me] {
      run.await(&event);
      word.store(me);
    });
  }
  run.spawn("teller", [&] {
    word.store(3);
    run.happen(&event);
    (void)word.load();
  });
  run.go();
}

/// The visible result of a run.
using Outcome = std::string;

/// Rows of a table under one mutex, each lock naming its row, and a sum: two threads remove rows
/// that a third looks up, and one of them reads the sum.
Outcome rows_and_sums(explore::Run& run) {
  cancel::HandleTable<int> table(1);
  seam::Atomic<int> sum;
  const std::array<cancel::Handle, 2> handles{table.issue(), table.issue()};
  for (const cancel::Handle handle : handles) table.insert(handle, std::make_shared<int>(1));
  std::array<std::string, 3> seen;
  for (const std::size_t me : {0U, 1U}) {
    run.spawn("remover", [&, me] {
      sum.add(1);
      seen[me] = table.remove(handles[me]) ? "removed" : "";
      seen[me] += table.remove(handles[0]) ? ", both" : "";
      if (me == 0) seen[me] += std::to_string(sum.load());
    });
  }
  run.spawn("seeker", [&] {
    for (const cancel::Handle handle : handles) seen[2] += table.find(handle) ? "1" : "0";
    seen[2] += std::to_string(table.size());
  });
  run.go();
  return seen[0] + "; " + seen[1] + "; " + seen[2];
}

std::set<Outcome> outcomes(const explore::Options& options, explore::Result& result) {
  std::set<Outcome> found;
  result =
      explore::exhaustive(options, [&](explore::Run& run) { found.insert(rows_and_sums(run)); });
  return found;
}

}  // namespace

TEST_CASE("rows and sums commute as declared: the reduced orders have all results of all orders") {
  explore::Result all;
  explore::Result reduced;
  const auto unreduced = outcomes({.reduce = false}, all);
  const auto those = outcomes({}, reduced);
  CHECK(all.complete);
  CHECK(reduced.complete);
  CHECK(unreduced.size() > 10);
  CHECK(those == unreduced);
  CHECK(reduced.runs < all.runs / 10);
}

TEST_CASE("reduction keeps every order of random programs, once") {
  for (const unsigned seed : {3U, 7U, 11U, 19U, 25U, 31U}) {
    CAPTURE(seed);
    check_reduction([seed](explore::Run& run) { drawn_by_lot(run, seed); });
  }
}

TEST_CASE("reduction keeps every way to be woken or cancelled") {
  check_reduction(woken_or_cancelled);
}

TEST_CASE("reduction keeps every order around an event") {
  check_reduction(awaited);
}
