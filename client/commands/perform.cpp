#include "client/commands/perform.hpp"

#include "client/terminal/text.hpp"

namespace client {

namespace {

// Appends one argument to a request.
struct Append {
  Run& run;
  const Command& command;
  const Argument& argument;
  Request& request;

  // NumberField and MoneyField.
  void operator()(const auto& number) const { append(command.*number.member); }
  void operator()(const FlagField&) const {}  // of bench only, which is not sent
  void operator()(const TextField& field) const {
    // The request has a new key if the command was given none.
    append(field.member == &Command::key ? request.key : command.*field.member);
  }
  void operator()(OwnAccount) const {
    request.account = run.account_of(command);
    append(request.account);
  }
  void operator()(AccountFilter) const {
    if (command.account) append("ACCOUNT");
    append(command.account);
  }
  void operator()(const NewPin& pin) const {
    const std::string& file = run.settings().*pin.file;
    append((file.empty() ? ask_new_pin(pin.option, run.interrupt())
                         : read_pin_file(file, run.interrupt()))
               .text());
  }

  void append(const std::string& word) const {
    if (word.empty()) return;
    if (argument.keyword != nullptr) request.command.emplace_back(argument.keyword);
    request.command.push_back(word);
  }
  void append(Number number) const {
    if (number) append(std::to_string(*number));
  }
};

// Returns the key, and the line to type to learn more. For REVERSE that is the command itself.
std::string advice(Run& run, const Command& command, const Request& request) {
  const auto typed = [&](const char* verb) {
    return run.shell_command(command, request.account, verb + (" " + shell_quoted(request.key)));
  };
  if (command_row(command.name).words.front() == "REVERSE") {
    return "; key " + request.key +
           "; reversing it again is safe and returns the first reply: " + typed("reverse");
  }
  std::string line;
  if (request.nature == Nature::keyed) line += "; key " + request.key;
  if (request.nature == Nature::repeatable) line += "; the command may safely be repeated";
  if (!request.key.empty()) line += "; ask: " + typed("status");
  return line;
}

Report report_failure(Run& run, const Command& command, const Request& request,
                      const Ending& ending) {
  if (ending.kind == Ending::Kind::cannot_connect && !request.key.empty()) {
    Ending with_key = ending;
    with_key.why += " (key " + request.key + ")";
    return failed(with_key);
  }
  if (exit_status(ending) != exit_unknown) return failed(ending);
  const std::string& why = ending.kind == Ending::Kind::reply ? ending.reply.text : ending.why;
  return failed(exit_unknown, "UNKNOWN",
                "not known yet whether it was done: " + why + advice(run, command, request));
}

}  // namespace

Request make_request(Run& run, const CommandRow& row, const Command& command) {
  Request request{row.words, row.nature, 0, command.key, {}, row.form};
  if (row.nature == Nature::keyed && request.key.empty()) request.key = run.new_key();
  if (command.timeout_ms) request.timeout = std::chrono::milliseconds(*command.timeout_ms);
  // Growing would leave copies of a PIN behind.
  request.command.reserve(row.words.size() + 2 * row.arguments.size());
  for (const Argument& argument : row.arguments) {
    std::visit(Append{run, command, argument, request}, argument.field);
  }
  return request;
}

Report report(Run& run, const Command& command, const Request& request, const Ending& ending,
              Show* show) {
  const bool is_good = ending.kind == Ending::Kind::reply && !ending.reply.is_error();
  Report result = is_good ? show(command, request, ending.reply)
                          : report_failure(run, command, request, ending);
  if (result.json.is_object()) {
    if (!request.key.empty()) result.json["key"] = request.key;
    if (ending.verdict) result.json["verdict"] = ending.verdict->code();
  }
  return result;
}

Report with_errors_reported(const std::function<Report()>& body) {
  try {
    return body();
  } catch (const UsageError& error) {
    return failed(exit_usage, "", error.what());
  } catch (const Interrupted&) {
    return failed(Ending{Ending::Kind::interrupted, {}, {}, {}});
  }
}

Report perform(Run& run, const Command& command) {
  return with_errors_reported([&] {
    const CommandRow& row = command_row(command.name);
    if (row.perform != nullptr) return row.perform(run, command);
    const Request request = make_request(run, row, command);
    return report(run, command, request, run.carry(command, request), row.show);
  });
}

}  // namespace client
