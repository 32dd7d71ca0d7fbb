/// A client cannot make the bank's memory grow: whatever it asks, every table is empty afterwards,
/// and the largest reply is bounded.

#include <doctest/doctest.h>

#include "server/bank/login.hpp"
#include "tests/bank/rig.hpp"

using rig::Rig;

TEST_CASE("requests about ever new keys and accounts leave no entry in any table") {
  Rig rig(rig::each_mechanism());
  rig.open_account(1000);
  for (int i = 0; i < 300; ++i) {
    const std::string number = std::to_string(1000 + i);
    rig.ask("DEPOSIT " + number + " 5 KEY refused-" + number);
    rig.ask("TRANSFER 1 " + number + " 5 KEY " + number);
    rig.ask("DEPOSIT 1 5 KEY done-" + number);
    rig.ask("PASSWD " + number + " 1234");
    rig.ask("REVERSE 1 none-" + number);
    rig.ask("FROB " + number);
    bank::log_in(rig.bank(), 1000 + i, bank::Secret("9999"));
    rig.outcome(1000 + i, "none");
  }
  CHECK_MESSAGE(rig.bank().transactions.size() == 0, "no handle is left");
  CHECK_MESSAGE(rig.bank().keys.size() == 0, "no claim of a key is left");
  CHECK_MESSAGE(rig.bank().accounts.size() == 1, "only the account that exists is kept");
  CHECK_MESSAGE(rig.bank().commits.waiting() == 0, "no change waits for a commit");
  CHECK_MESSAGE(rig.bank().counters.live_buffers.load() == 0, "no request buffer is left");
}

TEST_CASE("cancelled requests leave no entry in any table") {
  Rig rig(rig::each_mechanism());
  rig.open_account(1000);
  for (const auto point :
       {rig::Point::queued, rig::Point::checked, rig::Point::locked, rig::Point::modified}) {
    CAPTURE(bank::describe(point).name);
    const auto asked = rig.start_held(rig::teller(), "DEPOSIT 1 5 KEY k", point);
    rig.wait_for(rig.start_cancel(asked, rig::Reason::disconnect));
    rig.finish(asked);
    CHECK_MESSAGE(rig.bank().transactions.size() == 0, "no handle is left");
    CHECK_MESSAGE(rig.bank().keys.size() == 0, "no claim of a key is left");
    CHECK_MESSAGE(rig.bank().accounts.size() <= 1, "only the account that exists is kept");
  }
}

TEST_CASE("the longest history is 1000 rows") {
  Rig rig;
  rig.open_account(1000);
  CHECK(rig::code(rig.ask("HISTORY 1 LIMIT 1001")) == "-ERR");
}
