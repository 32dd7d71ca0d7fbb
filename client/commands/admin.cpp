/// admin …: the operator's commands.

#include <map>

#include "client/commands/commands.hpp"
#include "client/terminal/amount.hpp"

namespace client {

namespace {

using std::to_string;
using Words = std::vector<std::string>;
using TellReply = Report (*)(const Command&, const Reply&);

struct AdminCommand {
  Nature nature;
  Words (*words)(const Command&);
  TellReply tell;
};

Words with_account(Words words, const Command& command) {
  if (command.account) words.insert(words.end(), {"ACCOUNT", to_string(*command.account)});
  return words;
}

Words with_reason(Words words, const Command& command) {
  if (!command.reason.empty()) words.insert(words.end(), {"REASON", command.reason});
  return words;
}

Words cancel_words(const Command& command) {
  Words words = with_reason({"TXN", "CANCEL", command.handle}, command);
  if (command.wait_ms) words.insert(words.end(), {"WAIT", to_string(*command.wait_ms)});
  return words;
}

Words hold_words(const Command& command) {
  Words words = with_account({"HOLD", "ADD", command.point}, command);
  if (!command.op.empty()) words.insert(words.end(), {"OP", command.op});
  return words;
}

Words cancel_all_words(const Command& command) {
  return with_reason(with_account({"TXN", "CANCELALL"}, command), command);
}

Words kill_words(const Command& command) {
  return {"CLIENT", "KILL", to_string(command.number)};
}

Words account_words(const char* verb, const Command& command) {
  return {"ACCOUNT", verb, to_string(command.number)};
}

Words info_words(const Command& command) {
  return command.section.empty() ? Words{"INFO"} : Words{"INFO", command.section};
}

Report tell_ok(const Command&, const Reply&) {
  return done("done\n", {{"ok", true}});
}

Report tell_fields(const Command&, const Reply& reply) {
  return done(field_list(reply), map_to_json(reply));
}

// A server may answer a list as maps, or as lines of text, perhaps of fields.
Report tell_list(const Reply& reply, const char* nothing) {
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

Report tell_transactions(const Command&, const Reply& reply) {
  return tell_list(reply, "nothing is in flight");
}

Report tell_holds(const Command&, const Reply& reply) {
  return tell_list(reply, "no holds");
}

Report tell_clients(const Command&, const Reply& reply) {
  return tell_list(reply, "no connections");
}

Report tell_cancel(const Command& command, const Reply& reply) {
  return tell_verdict(reply, {{"handle", command.handle}});
}

Report tell_cancel_all(const Command& command, const Reply& reply) {
  const std::string where = command.account ? " on account " + to_string(*command.account) : "";
  return done("cancelled " + to_string(reply.number) +
                  (reply.number == 1 ? " transaction" : " transactions") + where + "\n",
              {{"cancelled", reply.number}});
}

Report tell_audit(const Command&, const Reply& reply) {
  Report report = tell_fields({}, reply);
  const Reply* violations = reply.field("violations");
  if (violations != nullptr && violations->number == 0) return report;
  report.status = exit_refused;
  report.complaint = "the ledger is not sound";
  return report;
}

// `name:value` lines with `# Section` headings between.
Report tell_info(const Command&, const Reply& reply) {
  std::string text;
  Json values = Json::object();
  std::string_view rest = reply.text;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    text += std::string(line) + "\n";
    const auto colon = line.find(':');
    if (line.starts_with('#') || colon == line.npos) continue;
    const std::string name(line.substr(0, colon));
    const std::string value(line.substr(colon + 1));
    const auto number = parse_number(value, 0, INT64_MAX);
    values[name] = number ? Json(*number) : Json(value);
  }
  return done(text, std::move(values));
}

using C = const Command&;
using AdminCommands = std::map<std::string, AdminCommand, std::less<>>;

// What changes nothing.
const AdminCommands reading{
    {"list",
     {Nature::read,
      [](C) {
        return Words{"TXN", "LIST"};
      },
      tell_transactions}},
    {"show",
     {Nature::read,
      [](C c) {
        return Words{"TXN", "SHOW", c.handle};
      },
      tell_fields}},
    {"hold list",
     {Nature::read,
      [](C) {
        return Words{"HOLD", "LIST"};
      },
      tell_holds}},
    {"clients",
     {Nature::read,
      [](C) {
        return Words{"CLIENT", "LIST"};
      },
      tell_clients}},
    {"audit", {Nature::read, [](C) { return Words{"AUDIT"}; }, tell_audit}},
    {"info", {Nature::read, info_words, tell_info}},
};

// What may be repeated: done twice, it leaves things as done once.
const AdminCommands settling{
    {"hold clear",
     {Nature::repeatable,
      [](C) {
        return Words{"HOLD", "CLEAR"};
      },
      tell_ok}},
    {"freeze", {Nature::repeatable, [](C c) { return account_words("FREEZE", c); }, tell_ok}},
    {"unfreeze", {Nature::repeatable, [](C c) { return account_words("UNFREEZE", c); }, tell_ok}},
    {"unlock", {Nature::repeatable, [](C c) { return account_words("UNLOCK", c); }, tell_ok}},
};

const AdminCommands acting{
    {"cancel", {Nature::once, cancel_words, tell_cancel}},
    {"cancel-all", {Nature::once, cancel_all_words, tell_cancel_all}},
    {"step",
     {Nature::once,
      [](C c) {
        return Words{"TXN", "STEP", c.handle};
      },
      tell_ok}},
    {"resume",
     {Nature::once,
      [](C c) {
        return Words{"TXN", "RESUME", c.handle};
      },
      tell_ok}},
    {"hold add", {Nature::once, hold_words, tell_ok}},
    {"kill", {Nature::once, kill_words, tell_ok}},
    {"backup",
     {Nature::once,
      [](C c) {
        return Words{"BACKUP", c.path};
      },
      tell_ok}},
    {"drain", {Nature::once, [](C) { return Words{"DRAIN"}; }, tell_ok}},
};

}  // namespace

Report perform_admin(Run& run, const Command& command) {
  const AdminCommand* entry = nullptr;
  for (const auto* group : {&reading, &settling, &acting}) {
    const auto found = group->find(std::string_view(command.name).substr(sizeof "admin " - 1));
    if (found != group->end()) entry = &found->second;
  }
  if (entry == nullptr) throw UsageError("no such command: " + command.name);
  const Request request{entry->words(command), entry->nature, 0, {}, {}};
  return tell(run, command, request, run.carry(command, request),
              [&](const Reply& reply) { return entry->tell(command, reply); });
}

}  // namespace client
