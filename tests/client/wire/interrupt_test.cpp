#include "client/wire/interrupt.hpp"

#include <csignal>

#include <doctest/doctest.h>
#include <poll.h>

using client::Clock;
using client::Interrupt;
using client::Interrupted;
using client::Ready;
using namespace std::chrono_literals;

TEST_CASE("each interrupt is kept until it is taken") {
  Interrupt interrupt;
  CHECK_FALSE(interrupt.take());
  interrupt.raise();
  interrupt.raise();
  CHECK(interrupt.take());
  CHECK(interrupt.take());
  CHECK_FALSE(interrupt.take());
  interrupt.raise();
  interrupt.clear();
  CHECK_FALSE(interrupt.take());
}

TEST_CASE("SIGINT ends a wait") {
  Interrupt interrupt;
  interrupt.on_sigint();
  std::raise(SIGINT);
  CHECK_THROWS_AS(client::wait_for(-1, 0, std::nullopt, &interrupt), Interrupted);
  CHECK_FALSE(interrupt.take());
}

TEST_CASE("a wait ends at its time, or at once if the descriptor is ready") {
  Interrupt interrupt;
  CHECK(client::wait_for(-1, 0, Clock::now() + 5ms, &interrupt) == Ready::timed_out);
  CHECK(client::wait_for(-1, 0, Clock::now() - 5ms, nullptr) == Ready::timed_out);
  Interrupt source;
  source.raise();
  CHECK(client::wait_for(source.descriptor(), POLLIN, std::nullopt, &interrupt) == Ready::yes);
}

TEST_CASE("earlier() returns the earlier time, and treats nothing as never") {
  const auto now = Clock::now();
  CHECK(client::earlier(std::nullopt, now) == now);
  CHECK(client::earlier(now, std::nullopt) == now);
  CHECK(client::earlier(now + 1s, now) == now);
  CHECK_FALSE(client::earlier(std::nullopt, std::nullopt));
}
