#pragma once

/// The look-up of a host name, which the resolver itself cannot limit in time.

#include <functional>
#include <memory>
#include <optional>

#include <netdb.h>

#include "client/wire/endpoint.hpp"
#include "client/wire/interrupt.hpp"

namespace client {

/// getaddrinfo(3), or a test's substitute.
using Resolver =
    std::function<int(const char* host, const char* port, const addrinfo* hints, addrinfo** found)>;

struct LookedUp {
  int failure = 0;  // an EAI_ number of getaddrinfo(3), or 0
  std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses{nullptr, &freeaddrinfo};
};

/// Returns the addresses of a TCP endpoint, or nothing if the time is up. Throws Interrupted.
/// Blocks until then, but not for a numeric address.
/// Thread: a name is looked up on a thread of its own, which ends when the resolver returns,
/// perhaps after the caller has given up.
std::optional<LookedUp> look_up(const Endpoint& endpoint, Until until, Interrupt* interrupt,
                                const Resolver& resolver = &getaddrinfo);

}  // namespace client
