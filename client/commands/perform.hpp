#pragma once

/// Performs any command of the table, from its arguments to its report.

#include <functional>

#include "client/commands/command_table.hpp"
#include "client/commands/run.hpp"

namespace client {

/// Runs one command to its end and returns its report. Blocks. Reports errors of the user, such as
/// a missing account or PIN, as wrong usage. Throws only failures of the machine.
Report perform(Run& run, const Command& command);

/// Returns what `body` returns. If it throws UsageError or Interrupted, reports that instead.
Report with_errors_reported(const std::function<Report()>& body);

/// Returns the request of a row that has one: its words, then the arguments that were given. A
/// keyed request gets the command's key or a new one. May ask for a new PIN. Throws UsageError,
/// Interrupted.
Request make_request(Run& run, const CommandRow& row, const Command& command);

/// Reports how a request ended: with `show` if its reply is not an error, otherwise as a failure
/// that names what to type next.
Report report(Run& run, const Command& command, const Request& request, const Ending& ending,
              Show* show);

}  // namespace client
