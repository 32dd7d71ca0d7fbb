#include "client/commands/perform.hpp"

#include "client/terminal/text.hpp"

namespace client {

namespace {

// Appends one argument to a request.
class Append {
 public:
  Append(Run& run, const Command& command, const Argument& argument, Request& request)
      : run_(run), command_(command), argument_(argument), request_(request) {}

  void operator()(const NumberField& field) { append(command_.*field.member); }
  void operator()(const MoneyField& field) { append(command_.*field.member); }
  void operator()(const TextField& field) {
    const bool is_key = field.member == &Command::key;
    append(is_key ? request_.key : command_.*field.member);
  }
  void operator()(OwnAccount) {
    request_.account = run_.account_of(command_);
    append(request_.account);
  }
  void operator()(AccountFilter) {
    if (command_.account) append("ACCOUNT");
    append(command_.account);
  }
  void operator()(const NewPin& pin) {
    const std::string& file = run_.settings().*pin.file;
    const Secret secret = file.empty() ? ask_new_pin(pin.option, run_.interrupt())
                                       : read_pin_file(file, run_.interrupt());
    append(secret.text());
  }

 private:
  void append(const std::string& word) {
    if (word.empty()) return;
    if (argument_.keyword != nullptr) request_.command.emplace_back(argument_.keyword);
    request_.command.push_back(word);
  }
  void append(Number number) {
    if (number) append(std::to_string(*number));
  }

  Run& run_;
  const Command& command_;
  const Argument& argument_;
  Request& request_;
};

// Returns the key, and the line to type to learn more.
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
  if (exit_status(ending) != exit_unknown) return failed(ending);
  const std::string& why = ending.kind == Ending::Kind::reply ? ending.reply.text : ending.why;
  return failed(exit_unknown, "UNKNOWN",
                "not known yet whether it was done: " + why + advice(run, command, request));
}

}  // namespace

Request make_request(Run& run, const CommandRow& row, const Command& command) {
  Request request{row.words, row.nature, 0, command.key, {}};
  if (row.nature == Nature::keyed && request.key.empty()) request.key = run.new_key();
  if (command.timeout_ms) request.timeout = std::chrono::milliseconds(*command.timeout_ms);
  // Growing would leave copies of a PIN behind.
  request.command.reserve(row.words.size() + 2 * row.arguments.size());
  for (const Argument& argument : row.arguments) {
    std::visit(Append(run, command, argument, request), argument.field);
  }
  return request;
}

Report report(Run& run, const Command& command, const Request& request, const Ending& ending,
              CommandRow::Show show) {
  const bool is_good = ending.kind == Ending::Kind::reply && !ending.reply.is_error();
  Report report = is_good ? show(command, request, ending.reply)
                          : report_failure(run, command, request, ending);
  if (report.json.is_object()) {
    if (!request.key.empty()) report.json["key"] = request.key;
    if (ending.verdict) report.json["verdict"] = ending.verdict->code();
  }
  return report;
}

Report perform(Run& run, const Command& command) {
  try {
    const CommandRow& row = command_row(command.name);
    if (row.perform != nullptr) return row.perform(run, command);
    const Request request = make_request(run, row, command);
    return report(run, command, request, run.carry(command, request), row.show);
  } catch (const UsageError& error) {
    return failed(exit_usage, "", error.what());
  } catch (const NoSecret& error) {
    return failed(exit_usage, "", error.what());
  } catch (const Interrupted&) {
    return failed(Ending{Ending::Kind::interrupted, {}, {}, {}});
  }
}

}  // namespace client
