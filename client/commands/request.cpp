#include "client/commands/request.hpp"

#include <sodium.h>

#include "client/commands/retry.hpp"

namespace client {

Request::~Request() {
  for (std::string& word : command) sodium_memzero(word.data(), word.size());
}

ExitStatus exit_status(const Ending& ending) {
  if (ending.kind == Ending::Kind::not_done) return exit_refused;
  if (ending.kind == Ending::Kind::interrupted) return exit_cancelled;
  if (ending.kind == Ending::Kind::cannot_connect) return exit_cannot_connect;
  if (ending.kind == Ending::Kind::unknown || is_unresolved(ending.reply)) return exit_unknown;
  if (!ending.reply.is_error()) return exit_done;
  const auto code = ending.reply.code();
  return code == "CANCELLED" || code == "DEADLINE" ? exit_cancelled : exit_refused;
}

ExitStatus exit_status_of_verdict(const Reply& verdict) {
  const auto code = verdict.code();
  if (code == "CANCELLED" || code == "ALREADY") return exit_done;
  return code == "UNKNOWN" ? exit_unknown : exit_refused;
}

}  // namespace client
