#include "client/wire/look_up.hpp"

#include <future>
#include <memory>
#include <thread>

#include <doctest/doctest.h>

#include "client/wire/dial.hpp"
#include "tests/client/matchers.hpp"

using client::Clock;
using client::Endpoint;
using client::Interrupt;
using client::look_up;
using namespace std::chrono_literals;

namespace {

const Endpoint named{"bank.example", "7", {}};

// A resolver that does not return until it is released. Its destructor releases it, and waits until
// the look-up is gone.
class StuckResolver {
 public:
  ~StuckResolver() {
    release_.set_value();
    held_.reset();
    gone_.get_future().wait();
  }

  client::Resolver resolver() const {
    return [held = held_, released = released_](const char*, const char* port,
                                                const addrinfo* hints, addrinfo** found) {
      if ((hints->ai_flags & AI_NUMERICHOST) != 0) return EAI_NONAME;
      released.wait();
      return getaddrinfo("127.0.0.1", port, hints, found);
    };
  }

 private:
  std::promise<void> release_;
  std::promise<void> gone_;
  const std::shared_future<void> released_{release_.get_future()};
  // Its last owner is the look-up.
  std::shared_ptr<void> held_{&gone_, [](std::promise<void>* gone) { gone->set_value(); }};
};

}  // namespace

TEST_CASE("a numeric address is looked up without a thread") {
  for (const char* host : {"127.0.0.1", "::1"}) {
    CAPTURE(host);
    std::vector<std::thread::id> threads;
    const auto found = look_up({host, "7", {}}, Clock::now() - 1s, nullptr, [&](auto... arguments) {
      threads.push_back(std::this_thread::get_id());
      return getaddrinfo(arguments...);
    });
    REQUIRE(found);
    CHECK(found->failure == 0);
    CHECK(found->addresses != nullptr);
    CHECK(threads == std::vector{std::this_thread::get_id()});
  }
}

TEST_CASE("a name is looked up, and its failure is returned") {
  const auto found = look_up({"localhost", "7", {}}, std::nullopt, nullptr);
  REQUIRE(found);
  CHECK(found->failure == 0);
  CHECK(found->addresses != nullptr);
  const auto missing = look_up(named, std::nullopt, nullptr, [](auto...) { return EAI_NONAME; });
  REQUIRE(missing);
  CHECK(missing->failure == EAI_NONAME);
}

TEST_CASE("a look-up that outlasts its time is given up, and frees itself when it ends") {
  const StuckResolver stuck;
  CHECK_FALSE(look_up(named, Clock::now() + 5ms, nullptr, stuck.resolver()));
}

TEST_CASE("Ctrl-C ends the wait for a look-up") {
  const StuckResolver stuck;
  Interrupt interrupt;
  interrupt.raise();
  CHECK_THROWS_AS(look_up(named, std::nullopt, &interrupt, stuck.resolver()), client::Interrupted);
}

TEST_CASE("a connection that fails for want of an address says so, and may be tried again") {
  const StuckResolver stuck;
  try {
    client::dial(named, Clock::now() + 5ms, nullptr, stuck.resolver());
    FAIL("it was connected");
  } catch (const client::CannotConnect& failure) {
    CHECK(std::string(failure.what()) ==
          "cannot connect to bank.example:7: the look-up of its name did not end in time; is "
          "atm-server running there? (--server)");
    CHECK_FALSE(failure.is_lasting());
  }
}
