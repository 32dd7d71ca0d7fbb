/// One timer serves the deadlines of a connection's requests, one after the other.

#include "server/wire/deadline.hpp"

#include <asio/io_context.hpp>
#include <doctest/doctest.h>

#include "tests/bank/rig.hpp"

using rig::Asked;
using rig::Point;
using rig::Rig;
using std::chrono::hours;
using std::chrono::milliseconds;

namespace {

/// A connection's deadline, whose first request has ended; the second one is held.
struct Scene {
  Scene() : deadline(std::make_shared<wire::Deadline>(loop.get_executor())) {
    rig.open_account(100);
    ended = rig.start(rig::teller(), "BALANCE 1");
    rig.finish(ended);
    held = rig.start_held(rig::teller(), "DEPOSIT 1 5", Point::modified);
  }
  bool cancelled() const { return held.txn->stage() != cancel::Stage::running; }
  /// Runs the loop until the held request is cancelled, or for that time.
  void run_for(milliseconds time) {
    bool over = false;
    asio::steady_timer end(loop, time);
    end.async_wait([&over](const asio::error_code&) { over = true; });
    while (!over && !cancelled()) loop.run_one();
    end.cancel();
    loop.poll();
  }
  Rig rig;
  asio::io_context loop;
  const std::shared_ptr<wire::Deadline> deadline;
  Asked ended;
  Asked held;
};

}  // namespace

TEST_CASE("a request with less time than the one before it is cancelled at its own deadline") {
  Scene scene;
  scene.deadline->set(scene.ended.txn, hours(1));
  scene.deadline->set(scene.held.txn, milliseconds(1));
  scene.run_for(std::chrono::seconds(10));
  REQUIRE_MESSAGE(scene.cancelled(),
                  "the timer still waits for the deadline of the request before");
  CHECK(rig::code(scene.rig.finish(scene.held)) == "-DEADLINE");
}

TEST_CASE("the deadline of a request that has ended does not cancel the next one") {
  for (const milliseconds time : {milliseconds(hours(1)), milliseconds(0)}) {
    Scene scene;
    scene.deadline->set(scene.ended.txn, milliseconds(1));
    scene.deadline->set(scene.held.txn, time);
    scene.run_for(milliseconds(20));
    CHECK_MESSAGE(!scene.cancelled(), "cancelled at the deadline of the request before");
    scene.held.txn->resume();
    CHECK(scene.rig.finish(scene.held) == "105");
    scene.deadline->stop();
    scene.loop.restart();
    scene.loop.poll();
    CHECK_MESSAGE(scene.loop.stopped(), "a timer is left in the event loop");
  }
}
