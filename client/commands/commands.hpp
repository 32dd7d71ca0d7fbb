#pragma once

/// Every command: what it sends, and how its end is told.

#include <functional>
#include <string>

#include "client/commands/run.hpp"

namespace client {

/// Runs one command to its end and reports; blocks. Never throws what the user caused: a missing
/// account or PIN is reported as wrong usage.
Report perform(Run& run, const Command& command);

/// Tells an ending that was no success; what can be typed to learn more is named in it.
Report tell_failure(Run& run, const Command& command, const Request& request, const Ending& ending);

/// If the ending is a reply without an error, what `tell` makes of it; else the failure.
Report tell(Run& run, const Command& command, const Request& request, const Ending& ending,
            const std::function<Report(const Reply&)>& tell_reply);

/// Tells a verdict that is no error; `about` is what the JSON says besides.
Report tell_verdict(const Reply& verdict, Json about);

// The commands by group; each reports as `perform` does, but throws UsageError, NoSecret and
// Interrupted.
Report perform_transaction(Run& run, const Command& command);  // create … history
Report perform_about_key(Run& run, const Command& command);    // status, cancel, reverse
Report perform_passwd(Run& run, const Command& command);
Report perform_admin(Run& run, const Command& command);
Report perform_bench(Run& run, const Command& command);

}  // namespace client
