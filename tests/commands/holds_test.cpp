// HOLD: which transactions stop at which points.

#include <doctest/doctest.h>

#include "server/commands/table.hpp"
#include "server/commands/txn.hpp"
#include "tests/bank/rig.hpp"

using rig::Asked;
using rig::Point;
using rig::Rig;

namespace {

/// The hold that HOLD ADD asks for.
cancel::Hold hold_of(const std::string& command) {
  const commands::Parsed parsed = commands::parse(rig::split(command));
  REQUIRE_FALSE(parsed.fault);
  return parsed.asked.hold;
}

}  // namespace

TEST_CASE("holds match point, account and operation, and CLEAR releases all") {
  Rig rig(rig::each_mechanism());
  for (int i = 0; i < 3; ++i) rig.open_account(100);
  rig.bank().holds.add(hold_of("HOLD ADD locked ACCOUNT 2 OP Transfer"));
  rig.bank().holds.add(hold_of("hold add QUEUED account 3"));
  CHECK(rig::text(commands::list_holds(rig.bank())) ==
        "[{point: locked, account: 2, op: transfer}, {point: queued, account: 3, op: }]");
  CHECK(rig.ask("DEPOSIT 2 5") == "105");
  const Asked from = rig.start(rig::teller(), "TRANSFER 1 2 5");
  rig.attend_until_held(from, Point::locked);
  const Asked queued = rig.start(rig::teller(), "DEPOSIT 3 5");
  rig.attend_until_held(queued, Point::queued);
  commands::clear_holds(rig.bank());
  CHECK(rig::text(commands::list_holds(rig.bank())) == "[]");
  CHECK(rig.finish(from) == "95");
  CHECK(rig.finish(queued) == "105");
}

TEST_CASE("a malformed HOLD is ERR") {
  for (const std::string command :
       {"HOLD", "HOLD ADD", "HOLD ADD nowhere", "HOLD ADD locked ACCOUNT", "HOLD ADD locked OP x",
        "HOLD ADD locked ACCOUNT x", "HOLD ADD locked FROB 1",
        "HOLD ADD locked OP deposit OP deposit", "HOLD LIST all", "HOLD CLEAR all", "HOLD ON"}) {
    CAPTURE(command);
    const auto fault = commands::parse(rig::split(command)).fault;
    REQUIRE(fault);
    CHECK(rig::code(rig::text(*fault)) == "-ERR");
  }
}

TEST_CASE("a server that does not teach stops at no point") {
  rig::Options options;
  options.teaching = false;
  Rig service(options);
  service.hold(Point::locked);
  service.open_account(100);
  CHECK(service.ask("BALANCE 1") == "100");
}
