/// The reports of the operator's commands.

#include "client/commands/handlers.hpp"
#include "client/terminal/amount.hpp"
#include "client/terminal/text.hpp"

namespace client {

namespace {

// A server may answer a list as maps, or as lines of text, perhaps of fields.
Report show_list(const Reply& reply, const char* nothing) {
  if (reply.kind != Reply::Kind::array) {
    return done(reply.text.empty() ? std::string(nothing) + "\n" : reply.text,
                field_lines_to_json(reply.text).value_or(to_json(reply)));
  }
  const bool of_maps = !reply.items.empty() && reply.items[0].kind == Reply::Kind::array;
  if (of_maps || reply.items.empty()) return done(table(reply, nothing), maps_to_json(reply));
  std::string lines;
  for (const Reply& item : reply.items) lines += cell("", item) + "\n";
  return done(lines, to_json(reply));
}

}  // namespace

Report show_ok(const Command&, const Request&, const Reply&) {
  return done("done\n", {{"ok", true}});
}

Report show_fields(const Command&, const Request&, const Reply& reply) {
  return done(field_list(reply), map_to_json(reply));
}

Report show_transactions(const Command&, const Request&, const Reply& reply) {
  return show_list(reply, "nothing is in flight");
}

Report show_holds(const Command&, const Request&, const Reply& reply) {
  return show_list(reply, "no holds");
}

Report show_clients(const Command&, const Request&, const Reply& reply) {
  return show_list(reply, "no connections");
}

Report show_cancelled(const Command& command, const Request&, const Reply& reply) {
  const std::string where =
      command.account ? " on account " + std::to_string(*command.account) : "";
  return done("cancelled " + std::to_string(reply.number) +
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
