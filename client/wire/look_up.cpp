#include "client/wire/look_up.hpp"

#include <array>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

#include <poll.h>
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
  const Resolver resolver;
  const Endpoint endpoint;
  LookedUp result;  // the caller's once its end of the pair is readable
};

// Two connected ends, one for each thread, so that each closes its own.
std::pair<Descriptor, Descriptor> connected_ends() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0) {
    return {Descriptor(ends[0]), Descriptor(ends[1])};
  }
  throw std::system_error(errno, std::generic_category(), "cannot make a pair of sockets");
}

void run(Errand& errand, const Descriptor& end) {
  errand.result = resolve(errand.resolver, errand.endpoint, 0);
  send(end.number(), "", 1, MSG_NOSIGNAL);  // a caller that has given up has closed its end
}

}  // namespace

std::optional<LookedUp> look_up(const Endpoint& endpoint, Until until, Interrupt* interrupt,
                                const Resolver& resolver) {
  LookedUp numeric = resolve(resolver, endpoint, AI_NUMERICHOST);
  if (numeric.failure != EAI_NONAME) return numeric;
  auto [ours, theirs] = connected_ends();
  const auto errand = std::make_shared<Errand>(Errand{resolver, endpoint, {}});
  std::thread([errand, end = std::move(theirs)] { run(*errand, end); }).detach();
  if (wait_for(ours.number(), POLLIN, until, interrupt) == Ready::timed_out) return std::nullopt;
  char byte = 0;
  [[maybe_unused]] const auto got = recv(ours.number(), &byte, 1, 0);
  return std::move(errand->result);
}

}  // namespace client
