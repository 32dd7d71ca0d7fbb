#include "client/wire/interrupt.hpp"

#include <cerrno>
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
  CHECK(interrupt.take() == 0);
  interrupt.raise();
  interrupt.raise(SIGTERM);
  CHECK(interrupt.take() == SIGINT);
  CHECK(interrupt.take() == SIGTERM);
  CHECK(interrupt.take() == 0);
}

TEST_CASE("SIGTERM and SIGHUP are fatal, SIGINT is unless it is forgotten, SIGTSTP never is") {
  Interrupt interrupt;
  interrupt.raise(SIGTSTP);
  CHECK(interrupt.fatal_signal() == 0);
  interrupt.raise(SIGINT);
  CHECK(interrupt.fatal_signal() == SIGINT);
  CHECK(interrupt.take() == 0);
  interrupt.forget_sigint();
  CHECK(interrupt.fatal_signal() == 0);
  interrupt.raise(SIGHUP);
  interrupt.raise(SIGINT);
  interrupt.forget_sigint();
  CHECK(interrupt.fatal_signal() == SIGHUP);
}

TEST_CASE("a caught signal ends a wait, and an ignored one stays ignored") {
  Interrupt interrupt;
  std::signal(SIGUSR1, SIG_IGN);
  const auto before = std::signal(SIGINT, SIG_DFL);
  {
    const client::CaughtSignals caught(interrupt, {SIGINT, SIGUSR1});
    std::raise(SIGUSR1);
    CHECK_MESSAGE(interrupt.take() == 0, "an ignored signal was caught");
    std::raise(SIGINT);
    CHECK_THROWS_AS(client::wait_for(-1, 0, std::nullopt, &interrupt), Interrupted);
    CHECK(interrupt.take() == 0);
  }
  const bool is_restored = std::signal(SIGINT, before) == SIG_DFL;
  CHECK_MESSAGE(is_restored, "SIGINT is still caught");
  std::signal(SIGUSR1, SIG_DFL);
}

TEST_CASE("a caught signal leaves errno as it was, even if the pipe of interrupts is full") {
  Interrupt interrupt;
  for (int i = 0; i < 100'000; ++i) interrupt.raise();
  const client::CaughtSignals caught(interrupt, {SIGUSR1});
  errno = EINTR;
  std::raise(SIGUSR1);
  const int after = errno;
  CHECK_MESSAGE(after == EINTR, "the handler has changed errno to " << after);
}

TEST_CASE("a wait gives its notice once, and no wait after it does") {
  Interrupt interrupt;
  int notices = 0;
  interrupt.set_notice(Clock::now(), [&] { ++notices; });
  for (int i = 0; i < 2; ++i) client::wait_for(-1, 0, Clock::now() + 5ms, &interrupt);
  CHECK(notices == 1);
  interrupt.set_notice(Clock::now() + 1h, [&] { ++notices; });
  interrupt.set_notice(std::nullopt);
  client::wait_for(-1, 0, Clock::now() + 5ms, &interrupt);
  CHECK(notices == 1);
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
