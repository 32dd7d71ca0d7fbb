/// passwd: the one write that carries no key, so that a lost reply is resolved by logging in.

#include "client/commands/handlers.hpp"
#include "client/commands/perform.hpp"

namespace client {

namespace {

Report show_changed(const Command&, const Request& request, const Reply&) {
  return done("PIN changed\n", {{"account", request.account}});
}

}  // namespace

Report perform_passwd(Run& run, const Command& command) {
  // Asks for the old PIN first.
  Session renewed = run.session_for(command).sibling();
  const Request request = make_request(run, command_row(command.name), command);
  const Secret pin(request.command.back());
  const Ending ending = run.carry(command, request);
  const bool old_pin_fails =
      ending.kind == Ending::Kind::unknown && ending.reply.code() == "WRONGPASS";
  if (old_pin_fails && renewed.login().role == Role::customer) {
    // The reply was lost. If the new PIN is accepted, the change was made.
    renewed.change_secret(pin);
    if (!failure_to_open(renewed, Clock::now() + longest_wait(run.settings().retry_for)))
      return show_changed(command, request, {});
  }
  if (exit_status(ending) == exit_done) run.change_pin(request.account, pin);
  return report(run, command, request, ending, show_changed);
}

}  // namespace client
