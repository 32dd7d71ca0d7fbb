#pragma once

/// The functions in the rows of the command table, declared by their types Show and Perform.

#include "client/commands/command_table.hpp"

namespace client {

/// Report a reply that is not an error.
Show show_created, show_moved, show_balance, show_history;
Show show_status, show_verdict, show_reversed;
Show show_ok, show_fields, show_transactions, show_holds, show_clients, show_cancelled;
Show show_audit, show_info;

/// Perform a command that is more than one request. They throw as Run::carry().
Perform perform_passwd, perform_bench, perform_trace, perform_record, perform_watch;
/// Refuses: main() runs the lessons' program if `lesson` is the first word of the command line.
Perform perform_lesson;

}  // namespace client
