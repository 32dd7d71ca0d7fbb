/// create, deposit, withdraw, transfer, balance, history.

#include "client/commands/commands.hpp"
#include "client/terminal/amount.hpp"
#include "client/terminal/text.hpp"

namespace client {

namespace {

using std::to_string;

void add_timeout(Request& request, const Command& command) {
  if (!command.timeout_ms) return;
  request.command.insert(request.command.end(), {"TIMEOUT", to_string(*command.timeout_ms)});
  request.timeout = std::chrono::milliseconds(*command.timeout_ms);
}

Request write(Run& run, const Command& command, std::int64_t account,
              std::vector<std::string> words) {
  Request request{std::move(words), Nature::keyed, account, run.key_for(command), {}};
  request.command.insert(request.command.end(), {"KEY", request.key});
  add_timeout(request, command);
  return request;
}

std::string and_key(const Request& request) {
  return " (key " + request.key + ")\n";
}

Report create(Run& run, const Command& command) {
  const std::string& file = run.settings().pin_file;
  const Secret pin =
      file.empty() ? ask_new_pin("--pin-file", run.interrupt()) : read_secret_file(file);
  check_new_pin(pin);
  std::vector<std::string> words{"CREATE", pin.text()};
  if (command.balance) words.insert(words.end(), {"BALANCE", to_string(*command.balance)});
  const Request request = write(run, command, 0, std::move(words));
  return tell(run, command, request, run.carry(command, request), [&](const Reply& reply) {
    const std::string begins =
        command.balance ? ", balance " + format_amount(*command.balance) : "";
    return done("account " + to_string(reply.number) + " created" + begins + and_key(request),
                {{"account", reply.number}});
  });
}

// Deposit and withdraw.
Report one_account(Run& run, const Command& command, const char* word, const char* past) {
  const std::int64_t account = run.account_of(command);
  const Request request =
      write(run, command, account, {word, to_string(account), to_string(command.amount)});
  return tell(run, command, request, run.carry(command, request), [&](const Reply& reply) {
    return done(past + (" " + format_amount(command.amount)) + ", balance " +
                    format_amount(reply.number) + and_key(request),
                {{"account", account}, {"amount", command.amount}, {"balance", reply.number}});
  });
}

Report transfer(Run& run, const Command& command) {
  const std::int64_t from = run.account_of(command);
  const Request request =
      write(run, command, from,
            {"TRANSFER", to_string(from), to_string(command.to), to_string(command.amount)});
  return tell(run, command, request, run.carry(command, request), [&](const Reply& reply) {
    return done("transferred " + format_amount(command.amount) + " to account " +
                    to_string(command.to) + ", balance " + format_amount(reply.number) +
                    and_key(request),
                {{"account", from},
                 {"to", command.to},
                 {"amount", command.amount},
                 {"balance", reply.number}});
  });
}

Report balance(Run& run, const Command& command) {
  const std::int64_t account = run.account_of(command);
  Request request{{"BALANCE", to_string(account)}, Nature::read, account, {}, {}};
  add_timeout(request, command);
  return tell(run, command, request, run.carry(command, request), [&](const Reply& reply) {
    return done("balance " + format_amount(reply.number) + "\n",
                {{"account", account}, {"balance", reply.number}});
  });
}

Report history(Run& run, const Command& command) {
  const std::int64_t account = run.account_of(command);
  Request request{{"HISTORY", to_string(account)}, Nature::read, account, {}, {}};
  auto& words = request.command;
  if (command.limit) words.insert(words.end(), {"LIMIT", to_string(*command.limit)});
  if (command.before) words.insert(words.end(), {"BEFORE", to_string(*command.before)});
  return tell(run, command, request, run.carry(command, request), [&](const Reply& reply) {
    return done(table(reply, "nothing has moved on this account"), maps_to_json(reply));
  });
}

}  // namespace

Report perform_transaction(Run& run, const Command& command) {
  if (command.name == "create") return create(run, command);
  if (command.name == "deposit") return one_account(run, command, "DEPOSIT", "deposited");
  if (command.name == "withdraw") return one_account(run, command, "WITHDRAW", "withdrew");
  if (command.name == "transfer") return transfer(run, command);
  if (command.name == "balance") return balance(run, command);
  return history(run, command);
}

}  // namespace client
