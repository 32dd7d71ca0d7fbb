/// The reports of replies that are not errors.

#include "client/commands/handlers.hpp"
#include "client/terminal/amount.hpp"
#include "client/terminal/text.hpp"

namespace client {

namespace {

using std::to_string;

std::string and_key(const Request& request) {
  return " (key " + request.key + ")\n";
}

Report show_table(const Reply& maps, const char* nothing) {
  return done(table(maps, nothing), maps_to_json(maps));
}

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

// ── Transactions ────────────────────────────────────────────────────────────────────────────────

Report show_created(const Command& command, const Request& request, const Reply& reply) {
  const std::string begins = command.balance ? ", balance " + format_amount(*command.balance) : "";
  return done("account " + to_string(reply.number) + " created" + begins + and_key(request),
              {{"account", reply.number}});
}

Report show_moved(const Command& command, const Request& request, const Reply& reply) {
  std::string text = command.name == "deposit"    ? "deposited "
                     : command.name == "withdraw" ? "withdrew "
                                                  : "transferred ";
  text += format_amount(*command.amount);
  Json json{{"account", request.account}};
  if (command.to) {
    text += " to account " + to_string(*command.to);
    json["to"] = *command.to;
  }
  json["amount"] = *command.amount;
  json["balance"] = reply.number;
  return done(text + ", balance " + format_amount(reply.number) + and_key(request), json);
}

Report show_balance(const Command&, const Request& request, const Reply& reply) {
  return done("balance " + format_amount(reply.number) + "\n",
              {{"account", request.account}, {"balance", reply.number}});
}

Report show_history(const Command&, const Request&, const Reply& reply) {
  return show_table(reply, "nothing has moved on this account");
}

// ── Keys and verdicts ───────────────────────────────────────────────────────────────────────────

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
  return done("reversed, balance " + format_amount(reply.number) + and_key(request),
              {{"account", request.account}, {"balance", reply.number}});
}

// ── Operation ───────────────────────────────────────────────────────────────────────────────────

Report show_ok(const Command&, const Request&, const Reply&) {
  return done("done\n", {{"ok", true}});
}

Report show_fields(const Command&, const Request&, const Reply& reply) {
  return done(field_list(reply), map_to_json(reply));
}

Report show_transactions(const Command&, const Request&, const Reply& reply) {
  return show_table(reply, "nothing is in flight");
}

Report show_holds(const Command&, const Request&, const Reply& reply) {
  return show_table(reply, "no holds");
}

Report show_clients(const Command&, const Request&, const Reply& reply) {
  return done(reply.text, field_lines_to_json(reply.text).value_or(to_json(reply)));
}

Report show_cancelled(const Command& command, const Request&, const Reply& reply) {
  const std::string where = command.account ? " on account " + to_string(*command.account) : "";
  return done("cancelled " + to_string(reply.number) +
                  (reply.number == 1 ? " transaction" : " transactions") + where + "\n",
              {{"cancelled", reply.number}});
}

Report show_audit(const Command& command, const Request& request, const Reply& reply) {
  Report report = show_fields(command, request, reply);
  const Reply* violations = reply.field("violations");
  if (violations != nullptr && violations->number == 0) return report;
  report.status = exit_refused;
  report.complaint = "the ledger is not sound";
  return report;
}

// The reply has `name:value` lines, with `# Section` headings between them.
Report show_info(const Command&, const Request&, const Reply& reply) {
  std::string text;
  Json values = Json::object();
  std::string_view rest = reply.text;
  while (!rest.empty()) {
    std::string_view line = take_until(rest, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    text += std::string(line) + "\n";
    const auto colon = line.find(':');
    if (line.starts_with('#') || colon == line.npos) continue;
    const std::string_view value = line.substr(colon + 1);
    const auto number = parse_number(value, 0, INT64_MAX);
    values[std::string(line.substr(0, colon))] = number ? Json(*number) : Json(value);
  }
  return done(text, std::move(values));
}

}  // namespace client
