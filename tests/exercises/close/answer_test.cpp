#include "channels.hpp"
#include "tests/exercises/trial.hpp"

using exercise::Mechanism;
using Result = Channels::Result;

namespace {

constexpr std::string_view stuck =
    "The receiver is never woken, or the closer waits for ever for the last user to leave.";

void check_end(explore::Run& run, const Channels& channels) {
  run.check(!channels.used_after_reclaim(), "A channel was used after it had been reclaimed.");
  run.check(channels.reclaimed() == 1, "A closed channel was not reclaimed exactly once.");
}

const exercise::Trial alone{"a channel that no thread uses",
                            {.stuck = stuck, .posix = false, .runs = 1},
                            [](explore::Run& run, Mechanism) {
                              Channels channels;
                              const cancel::Handle handle = channels.open();
                              run.check(channels.close(handle) == Result::done,
                                        "An open channel could not be closed.");
                              run.check(channels.close(handle) == Result::invalid_handle,
                                        "A channel was closed a second time.");
                              check_end(run, channels);
                            }};

const exercise::Trial blocked{"a thread that is blocked receiving",
                              {.stuck = stuck, .posix = false},
                              [](explore::Run& run, Mechanism) {
                                Channels channels;
                                const cancel::Handle handle = channels.open();
                                run.spawn("receiver", [&] {
                                  run.check(channels.receive(handle) == Result::invalid_handle,
                                            "A receiver received a message that was never sent.");
                                });
                                run.spawn("closer", [&] { channels.close(handle); });
                                run.go();
                                check_end(run, channels);
                              }};

const exercise::Trial two{
    "two threads that close the same channel",
    {.stuck = stuck, .posix = false},
    [](explore::Run& run, Mechanism) {
      Channels channels;
      const cancel::Handle handle = channels.open();
      seam::Atomic<int> winners{0};
      const auto close = [&] {
        if (channels.close(handle) == Result::done) winners.add(1);
      };
      run.spawn("one", close);
      run.spawn("other", close);
      run.go();
      run.check(winners.load() < 2,
                "Two threads closed the same channel: the look-up and the removal must be one "
                "step.");
      run.check(winners.load() == 1, "No thread closed the channel.");
      check_end(run, channels);
    }};

}  // namespace
