#pragma once

/// A request that receives one message, a sender and a canceller.

#include "mailbox.hpp"
#include "tests/cancel/explored.hpp"
#include "tests/exercises/trial.hpp"

namespace receiving {

struct Receiving {
  Receiving(explore::Run& its_run, exercise::Mechanism its_mechanism)
      : run(its_run), mechanism(its_mechanism) {
    cancel::set_points(explored::point_table);
    exercise::name(&mailbox, "the mailbox");  // its first member is its mutex
    run.spawn("boss", [this] { boss.run_posted(); });
  }
  void spawn_receiver() { spawn_worker(run, "receiver", request); }
  void spawn_sender() {
    run.spawn("sender", [this] {
      exercise::note("sends");
      mailbox.send(7);
    });
  }
  void spawn_canceller() {
    run.spawn("canceller", [this] {
      exercise::note("cancels the receiver");
      canceller.cancel(*request);
    });
  }

  explore::Run& run;
  const exercise::Mechanism mechanism;
  explored::Owner boss{1};
  Mailbox mailbox;
  std::optional<int> received;
  explored::Canceller canceller;
  std::shared_ptr<explored::Request> request = std::make_shared<explored::Request>(
      mechanism, boss, [this](explored::Request& self) { received = mailbox.receive(self); });
};

}  // namespace receiving
