#pragma once

/// The functions in the rows of the command table. show_… reports a reply that is not an error;
/// perform_… performs a command that is more than one request.

#include "client/commands/run.hpp"

namespace client {

Report show_created(const Command& command, const Request& request, const Reply& reply);
Report show_deposited(const Command& command, const Request& request, const Reply& reply);
Report show_withdrawn(const Command& command, const Request& request, const Reply& reply);
Report show_transferred(const Command& command, const Request& request, const Reply& reply);
Report show_balance(const Command& command, const Request& request, const Reply& reply);
Report show_history(const Command& command, const Request& request, const Reply& reply);

Report show_status(const Command& command, const Request& request, const Reply& reply);
Report show_verdict(const Command& command, const Request& request, const Reply& reply);
Report show_reversed(const Command& command, const Request& request, const Reply& reply);

Report show_ok(const Command& command, const Request& request, const Reply& reply);
Report show_fields(const Command& command, const Request& request, const Reply& reply);
Report show_transactions(const Command& command, const Request& request, const Reply& reply);
Report show_holds(const Command& command, const Request& request, const Reply& reply);
Report show_clients(const Command& command, const Request& request, const Reply& reply);
Report show_cancelled(const Command& command, const Request& request, const Reply& reply);
Report show_audit(const Command& command, const Request& request, const Reply& reply);
Report show_info(const Command& command, const Request& request, const Reply& reply);

/// These throw as Run::carry does.
Report perform_passwd(Run& run, const Command& command);
Report perform_bench(Run& run, const Command& command);

}  // namespace client
