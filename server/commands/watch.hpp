#pragma once

/// TXN WATCH: sends its client an event for each thing that happens to a transaction.
///
/// Under RESP 3 an event is a push, and the connection can be used as before. Under RESP 2 it is an
/// array that looks like a reply, so the connection accepts PING, QUIT and RESET only, as one of
/// Redis does after SUBSCRIBE. RESET, QUIT and the end of the connection end the stream.

#include "server/commands/table.hpp"

namespace commands {

/// The boss's thread; never blocks.
void txn_watch(Server& server, const Client& client, const Arguments& asked);

}  // namespace commands
