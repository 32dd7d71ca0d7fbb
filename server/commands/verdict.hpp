#pragma once

/// Answers a client's cancel with its verdict.

#include "server/commands/arguments.hpp"
#include "server/commands/server.hpp"
#include "server/commands/txn.hpp"

namespace commands {

/// +CANCELLED, +ALREADY or +TOOLATE; -INVALIDHANDLE; -UNKNOWN. Pure; any thread.
Reply verdict_reply(cancel::Verdict verdict);

/// Returns a function that records the verdict of a cancel by this client: one line of the log.
/// `asked` is the cancel: its handle or key, its reason. The boss's thread; the returned function
/// may be called by any thread, and blocks only to write the line.
OnVerdict record_verdict(Server& server, const Client& client, const Arguments& asked);

/// Returns a function that counts the verdict of one cancel, records it, and sends it to the
/// client: at once or, with WAIT, when the transaction's handle is gone or the time is up. `asked`
/// is the cancel: its handle or key, its reason, its wait. The boss's thread; the returned function
/// may be called by any thread, once, and never blocks.
OnVerdict answer_with_verdict(Server& server, const Client& client, const Arguments& asked);

}  // namespace commands
