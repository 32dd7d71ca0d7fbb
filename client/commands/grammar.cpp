#include "client/commands/grammar.hpp"

#include <algorithm>
#include <cctype>

#include "client/terminal/amount.hpp"

namespace client {

namespace {

// What the server takes.
constexpr std::int64_t a_day_ms = 86'400'000;
constexpr std::int64_t most_history = 1'000;

std::string check_key(const std::string& key) {
  const bool visible =
      std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 127; });
  if (visible && !key.empty() && key.size() <= 64) return {};
  return "a key has 1 to 64 visible ASCII characters";
}

std::int64_t number_or_complain(const std::string& name, const std::string& text, Range range) {
  const auto value = parse_number(text, range.least, range.greatest);
  if (value) return *value;
  std::string allowed = " is a whole number from " + std::to_string(range.least);
  if (range.greatest != Range().greatest) allowed += " to " + std::to_string(range.greatest);
  throw CLI::ValidationError(name + allowed + ", not '" + text + "'");
}

std::int64_t amount_or_complain(const std::string& text) {
  if (const auto amount = parse_amount(text)) return *amount;
  throw CLI::ValidationError("an amount is written like 25 or 25.00, not '" + text + "'");
}

}  // namespace

CLI::Option* Grammar::with_environment(CLI::Option* option, const std::string& prefix) {
  if (!environment_) return option;
  std::string name = "ATM_" + prefix + option->get_single_name();
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return c == '-' ? '_' : static_cast<char>(std::toupper(c));
  });
  return option->envname(name);
}

CLI::Option* Grammar::number(CLI::App& app, const std::string& name,
                             std::optional<std::int64_t>& target, Range range,
                             const std::string& help) {
  return with_environment(app.add_option_function<std::string>(
                                 name,
                                 [name, range, &target](const std::string& text) {
                                   target = number_or_complain(name, text, range);
                                 },
                                 help)
                              ->type_name("N"));
}

CLI::Option* Grammar::required_number(CLI::App& app, const std::string& name, std::int64_t& target,
                                      const std::string& help) {
  return app
      .add_option_function<std::string>(
          name,
          [name, &target](const std::string& text) { target = number_or_complain(name, text, {}); },
          help)
      ->type_name("N")
      ->required();
}

CLI::Option* Grammar::money(CLI::App& app, const std::string& name, std::int64_t& target) {
  return app
      .add_option_function<std::string>(
          name, [&target](const std::string& text) { target = amount_or_complain(text); },
          "how much, like 25.00")
      ->type_name("DECIMAL");
}

void Grammar::key_option(CLI::App& app) {
  with_environment(
      app.add_option("--key", command_.key, "what makes a repeat happen once (default: a new UUID)")
          ->type_name("KEY")
          ->check(check_key, "", ""));
}

void Grammar::key_argument(CLI::App& app, const std::string& help) {
  app.add_option("key", command_.key, help)->type_name("KEY")->required()->check(check_key, "", "");
}

void Grammar::timeout_option(CLI::App& app) {
  number(app, "--timeout", command_.timeout_ms, {1, a_day_ms},
         "milliseconds after which the server gives up")
      ->type_name("MS");
}

void Grammar::wait_option(CLI::App& app) {
  number(app, "--wait", command_.wait_ms, {0, a_day_ms},
         "milliseconds to wait until it has let go of everything")
      ->type_name("MS");
}

CLI::App* Grammar::transaction(CLI::App& app, const std::string& name, const std::string& help) {
  CLI::App* sub = app.add_subcommand(name, help);
  key_option(*sub);
  timeout_option(*sub);
  return sub;
}

void Grammar::add_customer_commands(CLI::App& app) {
  CLI::App* create = app.add_subcommand("create", "open an account (asks for its PIN)");
  create
      ->add_option_function<std::string>(
          "--balance",
          [this](const std::string& text) { command_.balance = amount_or_complain(text); },
          "what it begins with")
      ->type_name("DECIMAL");
  with_environment(create->get_option("--balance"));
  key_option(*create);

  CLI::App* deposit = transaction(app, "deposit", "put money into the account");
  money(*deposit, "amount", command_.amount)->required();
  CLI::App* withdraw = transaction(app, "withdraw", "take money out of the account");
  money(*withdraw, "amount", command_.amount)->required();
  CLI::App* transfer = transaction(app, "transfer", "move money to another account");
  required_number(*transfer, "to", command_.to, "the other account");
  money(*transfer, "amount", command_.amount)->required();

  timeout_option(*app.add_subcommand("balance", "what the account holds"));
  CLI::App* history = app.add_subcommand("history", "what moved on the account, newest first");
  number(*history, "--limit", command_.limit, {1, most_history},
         "how many at the most, 1 to 1000 (default 20)");
  number(*history, "--before", command_.before, {1}, "only those older than this id")
      ->type_name("ID");
  add_about_keys(app);
  app.add_subcommand("passwd", "change the PIN (asks for the old and the new one)");
}

void Grammar::add_about_keys(CLI::App& app) {
  key_argument(*app.add_subcommand("status", "what became of a transaction"),
               "the transaction's key");
  CLI::App* cancel =
      app.add_subcommand("cancel", "stop a transaction, or make sure that it will never run");
  key_argument(*cancel, "the transaction's key");
  wait_option(*cancel);
  key_argument(*app.add_subcommand("reverse", "undo a committed transaction (teller, operator)"),
               "the transaction's key");
}

void Grammar::add_bench(CLI::App& app) {
  CLI::App* bench = app.add_subcommand("bench", "measure requests per second and latencies");
  BenchOptions& options = command_.bench;
  with_environment(
      bench->add_option("--op", options.op, "which request")
          ->check(CLI::IsMember({"deposit", "withdraw", "transfer", "balance", "ping"}))
          ->capture_default_str(),
      "BENCH_");
  const auto bounded = [&](const std::string& name, std::int64_t& target, std::int64_t greatest,
                           const std::string& help) {
    with_environment(bench
                         ->add_option_function<std::string>(
                             name,
                             [name, &target, greatest](const std::string& text) {
                               target = number_or_complain(name, text, {1, greatest});
                             },
                             help)
                         ->type_name("N"),
                     "BENCH_");
  };
  bounded("--connections", options.connections, 1'000, "at a time (default 8)");
  bounded("--requests", options.requests, 10'000'000, "in all (default 10000)");
  bounded("--accounts", options.accounts, 1'000'000,
          "spread over so many accounts, from --account on (default 1)");
  with_environment(money(*bench, "--amount", options.amount), "BENCH_");
}

}  // namespace client
