#include "client/commands/retry.hpp"

#include <doctest/doctest.h>

#include "client/commands/request.hpp"

using client::Next;
using client::Reply;

namespace {

Reply error(const char* text) {
  return {Reply::Kind::error, text, 0, {}};
}

Reply status(const char* text) {
  return {Reply::Kind::status, text, 0, {}};
}

const Reply five{Reply::Kind::integer, {}, 5, {}};

}  // namespace

TEST_CASE("only temporary errors are worth another attempt") {
  CHECK(client::next_step(five) == Next::finished);
  CHECK(client::next_step(error("FUNDS too little")) == Next::finished);
  CHECK(client::next_step(error("CANCELLED key k was cancelled")) == Next::finished);
  CHECK(client::next_step(error("BUSY try again")) == Next::again);
  CHECK(client::next_step(error("INPROGRESS")) == Next::again);
  CHECK(client::next_step(error("SHUTDOWN")) == Next::again_anew);
  CHECK(client::next_step(error("UNKNOWN ask STATUS")) == Next::again_anew);
}

TEST_CASE("a reply given after the look-up of the key settles earlier attempts") {
  CHECK(client::settles_earlier_attempts(five));
  for (const char* text :
       {"FUNDS x", "NOACCOUNT x", "FROZEN x", "OVERFLOW x", "DUPKEY x", "REVERSED x", "STORE x",
        "CANCELLED key k was cancelled", "CANCELLED txn 3-81 by operator at locked",
        "CANCELLED txn 3-81 by customer at locked"}) {
    CAPTURE(text);
    CHECK(client::settles_earlier_attempts(error(text)));
  }
  for (const char* text :
       {"ERR x", "TOOBIG x", "NOAUTH x", "NOPERM x", "AMOUNT x", "DEADLINE x",
        "CANCELLED txn 3-81 by shutdown at queued", "CANCELLED txn 3-81 by freeze at queued"}) {
    CAPTURE(text);
    CHECK_FALSE(client::settles_earlier_attempts(error(text)));
  }
}

TEST_CASE("the time between attempts grows to a second and is never zero") {
  client::Backoff backoff;
  auto wait = backoff.next();
  CHECK(wait.count() > 25);
  CHECK(wait.count() <= 50);
  for (int i = 0; i < 100; ++i) wait = backoff.next();
  CHECK(wait.count() > 500);
  CHECK(wait.count() <= 1000);
}

TEST_CASE("each verdict has its exit status") {
  CHECK(client::exit_status_of_verdict(status("CANCELLED")) == 0);
  CHECK(client::exit_status_of_verdict(status("ALREADY")) == 0);
  CHECK(client::exit_status_of_verdict(status("TOOLATE")) == 1);
  CHECK(client::exit_status_of_verdict(error("INVALIDHANDLE gone")) == 1);
  CHECK(client::exit_status_of_verdict(error("UNKNOWN disk")) == 4);
}
