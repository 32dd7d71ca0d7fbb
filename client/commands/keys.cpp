/// The reports of status, cancel and reverse.

#include "client/commands/handlers.hpp"
#include "client/commands/verdict.hpp"
#include "client/terminal/amount.hpp"

namespace client {

namespace {

std::string outcome_in_words(const Reply& status) {
  const Reply* outcome = status.field("outcome");
  const std::string word = outcome == nullptr ? "" : outcome->text;
  if (word == "none") return "no transaction with this key was done or is under way\n";
  if (word == "running") return "it is under way\n";
  if (word == "cancelled") return "it was cancelled: nothing was changed, nor will be\n";
  if (word == "committed") {
    const Reply* reversal = status.field("reversed_by");
    const bool is_reversed = reversal != nullptr && reversal->number != 0;
    return (is_reversed ? "it was done, and reversed since:\n" : "it was done:\n") +
           field_list(status);
  }
  return field_list(status);
}

}  // namespace

Report show_status(const Command&, const Request&, const Reply& reply) {
  return done(outcome_in_words(reply), map_to_json(reply));
}

Report show_verdict(const Command& command, const Request&, const Reply& reply) {
  const std::string words = verdict_in_words(reply);
  const ExitStatus status = exit_status_of_verdict(reply);
  if (status != exit_done) return failed(status, reply.code(), words);
  Report report = done(words + "\n", Json::object());
  if (!command.handle.empty()) report.json["handle"] = command.handle;
  report.json["verdict"] = reply.code();
  return report;
}

Report show_reversed(const Command&, const Request& request, const Reply& reply) {
  return done("reversed, balance " + format_amount(reply.number) + " (key " + request.key + ")\n",
              {{"account", request.account}, {"balance", reply.number}});
}

}  // namespace client
