#include "client/commands/exit_status.hpp"

#include "client/commands/retry.hpp"

namespace client {

namespace {

ExitStatus exit_status_of_reply(const Reply& reply) {
  if (!reply.is_error()) return exit_done;
  if (is_unresolved(reply)) return exit_unknown;
  const auto code = reply.code();
  return code == "CANCELLED" || code == "DEADLINE" ? exit_cancelled : exit_refused;
}

}  // namespace

ExitStatus exit_status(const Ending& ending) {
  switch (ending.kind) {
    case Ending::Kind::reply:
      return exit_status_of_reply(ending.reply);
    case Ending::Kind::not_done:
      return exit_refused;
    case Ending::Kind::interrupted:
      return exit_cancelled;
    case Ending::Kind::cannot_connect:
      return exit_cannot_connect;
    case Ending::Kind::unknown:
      break;
  }
  return exit_unknown;
}

ExitStatus exit_status_of_verdict(const Reply& verdict) {
  const auto code = verdict.code();
  if (code == "CANCELLED" || code == "ALREADY") return exit_done;
  return code == "UNKNOWN" ? exit_unknown : exit_refused;
}

}  // namespace client
