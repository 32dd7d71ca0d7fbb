#include "receiving.hpp"

using exercise::Mechanism;
using receiving::Receiving;

namespace {

const exercise::Trial order{
    "two messages, the first of which was given back",
    {},
    [](explore::Run& run, Mechanism mechanism) {
      Receiving it(run, mechanism);
      it.spawn_receiver();
      it.spawn_canceller();
      run.spawn("sender", [&] {
        it.mailbox.send(1);
        it.mailbox.send(2);
      });
      run.go();
      run.check(it.mailbox.left() == (it.received ? 1U : 2U), "A message was lost or doubled.");
      explored::Owner boss(1);
      std::optional<int> next;
      const auto later = std::make_shared<explored::Request>(
          mechanism, boss, [&](explored::Request& self) { next = it.mailbox.receive(self); });
      run.spawn("boss", [&] { boss.run_posted(); });
      spawn_worker(run, "next", later);
      run.go();
      run.check(next == (it.received ? 2 : 1), "The messages were received out of their order.");
    }};

const exercise::Trial entries{
    "the cleanup stack after a cancel", {}, [](explore::Run& run, Mechanism mechanism) {
      Receiving it(run, mechanism);
      it.spawn_receiver();
      it.spawn_sender();
      it.spawn_canceller();
      run.go();
      run.check(run.uncleaned() == 0, "A cleanup entry was neither run nor dropped.");
    }};

}  // namespace
