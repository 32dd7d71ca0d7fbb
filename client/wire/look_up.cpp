#include "client/wire/look_up.hpp"

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <thread>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "client/wire/descriptor.hpp"

namespace client {

namespace {

LookedUp resolve(const Resolver& resolver, const Endpoint& endpoint, int flags) {
  addrinfo hints{};
  hints.ai_flags = flags | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  LookedUp result;
  addrinfo* found = nullptr;
  result.failure = resolver(endpoint.host.c_str(), endpoint.port.c_str(), &hints, &found);
  result.addresses.reset(found);
  return result;
}

// Shared by the caller and the thread that looks up. The last of the two frees it.
struct Errand {
  Errand(Resolver with, Endpoint of) : resolver(std::move(with)), endpoint(std::move(of)) {
    if (ended.number() >= 0) return;
    throw std::system_error(errno, std::generic_category(), "cannot make an eventfd");
  }

  const Resolver resolver;
  const Endpoint endpoint;
  LookedUp result;  // the caller's once `ended` is readable
  const Descriptor ended{eventfd(0, EFD_CLOEXEC)};
};

void run(Errand& errand) {
  errand.result = resolve(errand.resolver, errand.endpoint, 0);
  constexpr std::uint64_t once = 1;
  [[maybe_unused]] const auto written = write(errand.ended.number(), &once, sizeof once);
}

}  // namespace

std::optional<LookedUp> look_up(const Endpoint& endpoint, Until until, Interrupt* interrupt,
                                const Resolver& resolver) {
  LookedUp numeric = resolve(resolver, endpoint, AI_NUMERICHOST);
  if (numeric.failure != EAI_NONAME) return numeric;
  const auto errand = std::make_shared<Errand>(resolver, endpoint);
  std::thread([errand] { run(*errand); }).detach();
  if (wait_for(errand->ended.number(), POLLIN, until, interrupt) == Ready::timed_out) {
    return std::nullopt;
  }
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = read(errand->ended.number(), &count, sizeof count);
  return std::move(errand->result);
}

}  // namespace client
