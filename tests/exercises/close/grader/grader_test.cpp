#include "channels.hpp"
#include "tests/exercises/trial.hpp"

using exercise::Mechanism;
using Result = Channels::Result;

namespace {

const exercise::Trial crowd{
    "a receiver, a sender and two closers",
    {.stuck = "A thread waits for ever at a channel that is closed.", .posix = false},
    [](explore::Run& run, Mechanism) {
      Channels channels;
      const cancel::Handle handle = channels.open();
      const cancel::Handle other = channels.open();
      seam::Atomic<int> winners{0};
      const auto close = [&] {
        if (channels.close(handle) == Result::done) winners.add(1);
      };
      run.spawn("receiver", [&] { channels.receive(handle); });
      run.spawn("sender", [&] { channels.send(handle); });
      run.spawn("one", close);
      run.spawn("two", close);
      run.go();
      run.check(winners.load() == 1, "Not exactly one thread closed the channel.");
      run.check(!channels.used_after_reclaim(), "A channel was used after it had been reclaimed.");
      run.check(channels.reclaimed() == 1, "The channel was not reclaimed exactly once.");
      run.check(channels.send(other) == Result::done, "Another channel was closed as well.");
    }};

}  // namespace
