/// status, cancel, reverse, and passwd: the commands that name a key, or make none.

#include "client/commands/commands.hpp"
#include "client/commands/verdict.hpp"
#include "client/terminal/amount.hpp"

namespace client {

namespace {

std::string outcome_in_words(const Reply& status) {
  const Reply* outcome = status.field("outcome");
  const std::string word = outcome == nullptr ? "" : outcome->text;
  if (word == "none") return "nothing with this key has been done, nor is it under way\n";
  if (word == "running") return "it is still under way\n";
  if (word == "cancelled") return "it was cancelled: nothing was changed, nor will be\n";
  if (word == "committed") return "it was done:\n" + field_list(status);
  return field_list(status);
}

Report status(Run& run, const Command& command) {
  const std::int64_t account = run.account_of(command);
  const Request request{
      {"STATUS", std::to_string(account), command.key}, Nature::read, account, command.key, {}};
  return tell(run, command, request, run.carry(command, request), [&](const Reply& reply) {
    Report report = done(outcome_in_words(reply), map_to_json(reply));
    report.json["key"] = command.key;
    return report;
  });
}

Report cancel(Run& run, const Command& command) {
  const std::int64_t account = run.account_of(command);
  Request request{{"CANCEL", std::to_string(account), command.key},
                  Nature::repeatable,
                  account,
                  command.key,
                  {}};
  if (command.wait_ms) {
    request.command.insert(request.command.end(), {"WAIT", std::to_string(*command.wait_ms)});
  }
  return tell(run, command, request, run.carry(command, request), [&](const Reply& reply) {
    return tell_verdict(reply, {{"key", command.key}});
  });
}

Report reverse(Run& run, const Command& command) {
  const std::int64_t account = run.account_of(command);
  const Request request{
      {"REVERSE", std::to_string(account), command.key}, Nature::repeatable, account, {}, {}};
  Report report = tell(run, command, request, run.carry(command, request), [&](const Reply& reply) {
    return done("reversed, balance " + format_amount(reply.number) + " (key " + command.key + ")\n",
                {{"account", account}, {"balance", reply.number}});
  });
  report.json["key"] = command.key;
  return report;
}

bool can_log_in(Session& session) {
  try {
    session.open();
    return true;
  } catch (const Interrupted&) {
  } catch (const LoginRefused&) {
  } catch (const CannotConnect&) {
  } catch (const ConnectionLost&) {
  }
  return false;
}

}  // namespace

Report tell_verdict(const Reply& verdict, Json about) {
  const std::string words = verdict_in_words(verdict);
  const int exit = verdict_status(verdict);
  Report report = exit == exit_done ? done(words + "\n", std::move(about))
                                    : failed(exit, verdict.code(), words);
  if (exit == exit_done) report.json["verdict"] = verdict.code();
  return report;
}

Report perform_about_key(Run& run, const Command& command) {
  if (command.name == "status") return status(run, command);
  return command.name == "cancel" ? cancel(run, command) : reverse(run, command);
}

Report perform_passwd(Run& run, const Command& command) {
  const std::int64_t account = run.account_of(command);
  Session renewed = run.session_for(command).sibling();
  const std::string& file = run.settings().new_pin_file;
  const Secret pin =
      file.empty() ? ask_new_pin("--new-pin-file", run.interrupt()) : read_secret_file(file);
  check_new_pin(pin);
  const Request request{
      {"PASSWD", std::to_string(account), pin.text()}, Nature::repeatable, account, {}, {}};
  const Report changed = done("PIN changed\n", {{"account", account}});
  const Ending ending = run.carry(command, request);
  const bool old_pin_fails =
      ending.kind == Ending::Kind::unknown && ending.reply.code() == "WRONGPASS";
  if (old_pin_fails && renewed.login().role == Role::customer) {
    // The answer was lost, and the old PIN is no longer good: the new one tells why.
    renewed.change_secret(pin);
    if (can_log_in(renewed)) return changed;
  }
  return tell(run, command, request, ending, [&](const Reply&) {
    run.change_pin(account, pin);
    return changed;
  });
}

}  // namespace client
