#pragma once

/// Opening a socket to an endpoint, with a limit and Ctrl-C in mind.

#include "client/wire/connection.hpp"

namespace client {

/// Returns a connected, non-blocking socket that the caller closes. Tries each address of a name
/// in turn. A peer that vanishes without a word is noticed within half a minute (keep-alive).
/// Blocks; throws CannotConnect, Interrupted. (Looking up a name cannot be interrupted.)
int dial(const Endpoint& endpoint, Until until, Interrupt* interrupt);

}  // namespace client
