#pragma once

/// The refusals that only commands give; the others are in bank/refusals.hpp. Pure; any thread.

#include <exception>
#include <string>

#include "server/bank/reply.hpp"

namespace commands {

using bank::Reply;

// ── The command is malformed ────────────────────────────────────────────────────────────────────

Reply not_a_wait();
Reply not_a_name();
Reply not_a_client();
Reply not_a_version();
/// A version of RESP that does not exist.
Reply no_such_version();
Reply no_such_point(const std::string& word);
Reply no_such_operation(const std::string& word);
Reply no_such_client(std::int64_t client);
/// Also for commands after a refused SELECT.
Reply only_database_0();
Reply every_command_is_answered();
Reply no_multi();
/// For a command between a refused MULTI and EXEC, and for the EXEC.
Reply exec_aborted();
Reply without_multi(const char* command);

// ── The client may not do that ──────────────────────────────────────────────────────────────────

Reply operator_needs_no_login();
Reply not_your_key();
Reply holds_need_teaching();

// ── The server is not able to ───────────────────────────────────────────────────────────────────

Reply too_many_logins();

// ── The transaction ─────────────────────────────────────────────────────────────────────────────

/// For a text that cannot be a handle, too.
Reply no_such_transaction(const std::string& handle);
Reply not_held(const std::string& handle);

}  // namespace commands
