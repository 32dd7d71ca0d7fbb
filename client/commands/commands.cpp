#include "client/commands/commands.hpp"

#include "client/commands/verdict.hpp"
#include "client/terminal/text.hpp"

namespace client {

namespace {

int status_of_error(const Reply& error) {
  const auto code = error.code();
  if (code == "CANCELLED" || code == "DEADLINE") return exit_cancelled;
  return leaves_doubt(error) ? exit_unknown : exit_refused;
}

// The key, and the line to type to learn more.
std::string how_to_go_on(Run& run, const Command& command, const Request& request) {
  const auto typed = [&](const std::string& words) {
    return run.shell_command(command, request.account, words);
  };
  if (command.name == "reverse") {
    return "; key " + command.key + "; reversing it again is safe and returns the first reply: " +
           typed("reverse " + shell_quoted(command.key));
  }
  std::string line;
  if (request.nature == Nature::keyed) line += "; key " + request.key;
  if (request.nature == Nature::repeatable) line += "; the command may safely be repeated";
  if (!request.key.empty()) line += "; ask: " + typed("status " + shell_quoted(request.key));
  return line;
}

Report unknown_outcome(Run& run, const Command& command, const Request& request,
                       const std::string& why) {
  return failed(exit_unknown, "UNKNOWN",
                "not known yet whether it was done: " + why + how_to_go_on(run, command, request));
}

Report dispatch(Run& run, const Command& command) {
  const std::string& name = command.name;
  if (name.starts_with("admin ")) return perform_admin(run, command);
  if (name == "bench") return perform_bench(run, command);
  if (name == "passwd") return perform_passwd(run, command);
  if (name == "status" || name == "cancel" || name == "reverse") {
    return perform_about_key(run, command);
  }
  return perform_transaction(run, command);
}

}  // namespace

Report perform(Run& run, const Command& command) {
  try {
    return dispatch(run, command);
  } catch (const UsageError& error) {
    return failed(exit_usage, "", error.what());
  } catch (const NoSecret& error) {
    return failed(exit_usage, "", error.what());
  } catch (const Interrupted&) {
    return failed(exit_cancelled, "", "interrupted; nothing was sent");
  }
}

Report tell_failure(Run& run, const Command& command, const Request& request,
                    const Ending& ending) {
  switch (ending.kind) {
    case Ending::Kind::interrupted:
      return failed(exit_cancelled, "", "interrupted; nothing was changed");
    case Ending::Kind::cannot_connect:
      return failed(exit_cannot_connect, "", ending.why);
    case Ending::Kind::unknown:
      return unknown_outcome(run, command, request, ending.why);
    case Ending::Kind::not_done:
      return failed(exit_refused, ending.reply.code(),
                    "not done, nothing was changed; try again later: " + ending.why);
    case Ending::Kind::reply:
      break;
  }
  const int status = status_of_error(ending.reply);
  if (status == exit_unknown) return unknown_outcome(run, command, request, ending.reply.text);
  return refused(status, ending.reply);
}

Report tell(Run& run, const Command& command, const Request& request, const Ending& ending,
            const std::function<Report(const Reply&)>& tell_reply) {
  const bool is_good = ending.kind == Ending::Kind::reply && !ending.reply.is_error();
  Report report = is_good ? tell_reply(ending.reply) : tell_failure(run, command, request, ending);
  if (report.json.is_object()) {
    if (request.nature == Nature::keyed) report.json["key"] = request.key;
    if (ending.verdict) report.json["verdict"] = ending.verdict->code();
  }
  return report;
}

}  // namespace client
