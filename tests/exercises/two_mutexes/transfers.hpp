#pragma once

/// Transfers between three accounts that hold 100 each, in an explored run.

#include "tests/cancel/explored.hpp"
#include "tests/exercises/trial.hpp"
#include "transfer.hpp"

namespace transfers {

inline constexpr cancel::PointInfo point_table[] = {
    {"queued", true}, {"locked", true}, {"modified", true}};

struct Transfers {
  Transfers(explore::Run& its_run, exercise::Mechanism its_mechanism, int requests)
      : run(its_run), mechanism(its_mechanism), boss(requests) {
    cancel::set_points(point_table);
    run.spawn("boss", [this] { boss.run_posted(); });
  }
  /// Spawns a transfer of so many cents.
  std::shared_ptr<explored::Request> spawn(std::string_view name, Account& from, Account& to,
                                           int cents) {
    auto request = std::make_shared<explored::Request>(
        mechanism, boss,
        [&from, &to, cents](explored::Request& self) { transfer(self, from, to, cents); });
    spawn_worker(run, name, request);
    return request;
  }
  /// Checks the money, and that all mutexes are free: otherwise the run is stuck.
  void check_end() {
    run.check(one.cents >= 0 && other.cents >= 0 && third.cents >= 0,
              "An account was overdrawn: two transfers owned its mutex at the same time.");
    run.check(one.cents + other.cents + third.cents == 300, "Money was lost or made.");
    run.check(run.uncleaned() == 0, "A cleanup entry was left on the stack.");
    explored::Owner later(1);
    const auto request = std::make_shared<explored::Request>(
        exercise::Mechanism::token, later, [this](explored::Request& self) {
          const cancel::MutexOwner low(self, one.mutex);
          const cancel::MutexOwner high(self, other.mutex);
          const cancel::MutexOwner highest(self, third.mutex);
        });
    run.spawn("a later transfer", [&] {
      seam::Thread unused;
      request->run(unused);
    });
    run.go();
  }

  explore::Run& run;
  const exercise::Mechanism mechanism;
  explored::Owner boss;
  Account one{1, 100};
  Account other{2, 100};
  Account third{3, 100};
};

}  // namespace transfers
