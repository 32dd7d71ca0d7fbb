// Every operation is stopped at every point it passes and cancelled there, under each mechanism.
// The table of points says which those are, and where a cancel comes too late.

#include <filesystem>

#include <doctest/doctest.h>

#include "server/bank/points.hpp"
#include "tests/server/matrix_case.hpp"
#include "tests/server/rig/patience.hpp"

using bank::Operation;
using rig::Client;
using rig::Reply;
using rig::show;
using rig::Site;

namespace {

/// The account as later clients see it.
void check_effects(Site& site, const MatrixCase& drill, bool happened) {
  const std::int64_t a = drill.account();
  CHECK(site.balance(a) == (happened ? drill.after() : drill.before()));
  CHECK(site.balance(drill.other()) == (happened ? drill.other_after() : 1000));
  if (drill.keyed()) {
    CHECK(site.outcome(drill.key_account(), drill.key()) == (happened ? "committed" : "cancelled"));
  }
  const bool new_pin = happened && drill.operation() == Operation::passwd;
  CHECK(show(site.guest()("AUTH", a, new_pin ? "987654" : rig::the_pin)) == "+OK");
  CHECK(std::filesystem::exists(drill.backup()) ==
        (happened && drill.operation() == Operation::backup));
  CHECK(site.op()("DEPOSIT", a, 1).type == ':');  // its mutex is free
}

/// The verdicts of late cancels: of a request past the point of no return, and of an ended one.
void cancel_too_late(Site& site, const std::string& handle) {
  CHECK(show(site.op()("TXN", "CANCEL", handle)) == "+TOOLATE");
  Client waiting = site.local();
  waiting.send("TXN", "CANCEL", handle, "WAIT", 600'000);
  CHECK(show(site.op()("PING")) == "+PONG");
  CHECK(!waiting.heard());  // the request has not released everything yet
  CHECK(show(site.op()("TXN", "RESUME", handle)) == "+OK");
  CHECK(show(waiting.receive()) == "+TOOLATE");
}

void check_order(const Reply& reply, const std::string& handle, const std::string& point) {
  CHECK(show(reply) == "-CANCELLED txn " + handle + " by operator at " + point + ": drill");
}

void run(Site& site, bool posix, Operation operation, const bank::PointDescription& point) {
  MatrixCase drill(site, operation);
  CAPTURE(bank::name(operation));
  CAPTURE(point.name);
  const auto died = site.info("workers_cancelled");
  site.await_quiet();  // a request that is answered may still be unwinding
  REQUIRE(show(site.op().command(drill.hold_at(point.name))) == "+OK");
  Client sender = drill.sender();
  sender.raw(Client::framed(drill.command()));
  const std::string handle = site.await_held(std::string(point.name));
  const Reply row = site.op()("TXN", "SHOW", handle);
  CHECK(row["op"].text == bank::name(operation));
  CHECK(row["cancelability"].text == (point.cancellable ? "enabled" : "disabled"));
  if (point.cancellable) {
    CHECK(show(site.op()("TXN", "CANCEL", handle, "REASON", "drill", "WAIT", 600'000)) ==
          "+CANCELLED");
    check_order(sender.receive(), handle, std::string(point.name));
  } else {
    cancel_too_late(site, handle);
    drill.check_success(sender.receive());
  }
  CHECK(site.left_behind() == "requests 0, buffers 0, locks 0");
  CHECK(site.op()("TXN", "CANCEL", handle).code() == "INVALIDHANDLE");
  CHECK(show(site.op()("HOLD", "CLEAR")) == "+OK");
  const bool on_thread = point.point != bank::Point::queued;
  const auto more = posix && point.cancellable && on_thread ? 1 : 0;
  rig::wait_until([&] { return site.info("workers_cancelled") >= died + more; }, "a dead worker");
  CHECK(site.info("workers_cancelled") == died + more);
  check_effects(site, drill, !point.cancellable);
}

/// How many pairs of operation and point there are.
int run_all(Site& site, bool posix) {
  int pairs = 0;
  for (int i = 0; i <= static_cast<int>(Operation::unknown); ++i) {
    const auto operation = static_cast<Operation>(i);
    for (const bank::PointDescription& point : bank::point_descriptions) {
      if ((point.passed_by & bank::set_of(operation)) == 0) continue;
      run(site, posix, operation, point);
      ++pairs;
    }
  }
  return pairs;
}

void drill(const std::string& mechanism) {
  Site site({"--teaching", "--mechanism", mechanism});
  const int pairs = run_all(site, mechanism == "posix");
  CHECK(pairs > 90);
  CHECK(site.op()("AUDIT")["violations"].number == 0);
  CHECK(site.info("cancels_operator") == site.info("verdicts_cancelled"));
  CHECK(site.info("verdicts_cancelled") + site.info("verdicts_toolate") / 2 == pairs);
  CHECK(site.stop() == 0);
}

}  // namespace

TEST_CASE("every operation is cancelled at every point: token") {
  drill("token");
}

TEST_CASE("every operation is cancelled at every point: posix") {
  drill("posix");
}
