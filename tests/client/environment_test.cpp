/// The ATM_… environment variables: the command line overrides them, and each command reads its
/// own.

#include <algorithm>
#include <cstdlib>
#include <set>

#include <doctest/doctest.h>

#include "client/options.hpp"

using client::Command;
using client::CommandLine;
using client::parse_command_line;
using client::Stop;
using Words = std::vector<std::string>;

namespace {

struct Variable {
  std::string option;
  std::string name;
  std::string typed;    // a value for the command line
  std::string ambient;  // a different value for the environment
  std::string wrong;    // a value that the option refuses; empty if there is none
};

struct Usage {
  Words words;  // the shortest command line that runs the command
  std::vector<Variable> variables;
};

const Variable key{"--key", "ATM_KEY", "typed", "ambient", "x y"};
const Variable timeout{"--timeout", "ATM_TIMEOUT", "11", "22", "soon"};
const Variable cancel_wait{"--wait", "ATM_WAIT", "11", "22", "long"};
const Variable reason{"--reason", "ATM_REASON", "typed", "ambient", ""};

const std::vector<Usage> usages{
    {{"create"}, {key, {"--balance", "ATM_BALANCE", "1.10", "2.20", "x"}}},
    {{"deposit", "1"}, {key, timeout}},
    {{"withdraw", "1"}, {key, timeout}},
    {{"transfer", "9", "1"}, {key, timeout}},
    {{"balance"}, {timeout}},
    {{"history"},
     {{"--limit", "ATM_LIMIT", "11", "22", "0"}, {"--before", "ATM_BEFORE", "11", "22", "x"}}},
    {{"status", "k"}, {}},
    {{"cancel", "k"}, {cancel_wait}},
    {{"reverse", "k"}, {}},
    {{"passwd"}, {}},
    {{"lesson"}, {}},
    {{"bench"},
     {{"--op", "ATM_BENCH_OP", "ping", "balance", "abc"},
      {"--connections", "ATM_BENCH_CONNECTIONS", "11", "22", "0"},
      {"--requests", "ATM_BENCH_REQUESTS", "11", "22", "0"},
      {"--seconds", "ATM_BENCH_SECONDS", "11", "22", "0"},
      {"--rate", "ATM_BENCH_RATE", "11", "22", "0"},
      {"--accounts", "ATM_BENCH_ACCOUNTS", "11", "22", "0"},
      {"--random-accounts", "ATM_BENCH_RANDOM_ACCOUNTS", "true", "false", "maybe"},
      {"--random-keys", "ATM_BENCH_RANDOM_KEYS", "true", "false", "maybe"},
      {"--cancels", "ATM_BENCH_CANCELS", "11", "22", "101"},
      {"--seed", "ATM_BENCH_SEED", "11", "22", "x"},
      {"--amount", "ATM_BENCH_AMOUNT", "1.10", "2.20", "x"}}},
    {{"lesson"}, {}},
    {{"admin", "create"}, {key, {"--balance", "ATM_BALANCE", "1.10", "2.20", "x"}}},
    {{"admin", "reverse", "k"}, {}},
    {{"admin", "list"}, {}},
    {{"admin", "show", "3-81"}, {}},
    {{"admin", "watch"}, {}},
    {{"admin", "trace", "3-81"}, {}},
    {{"admin", "record", "/x.svg"}, {{"--for", "ATM_RECORD_FOR", "11", "22", "0"}}},
    {{"admin", "cancel", "3-81"}, {cancel_wait, reason}},
    {{"admin", "cancel-all"}, {reason}},
    {{"admin", "hold", "add", "locked"}, {{"--op", "ATM_HOLD_OP", "typed", "ambient", ""}}},
    {{"admin", "hold", "list"}, {}},
    {{"admin", "hold", "clear"}, {}},
    {{"admin", "step", "3-81"}, {}},
    {{"admin", "resume", "3-81"}, {}},
    {{"admin", "freeze", "7"}, {}},
    {{"admin", "unfreeze", "7"}, {}},
    {{"admin", "unlock", "7"}, {}},
    {{"admin", "clients"}, {}},
    {{"admin", "kill", "5"}, {}},
    {{"admin", "audit"}, {}},
    {{"admin", "backup", "/x"}, {}},
    {{"admin", "drain"}, {}},
    {{"admin", "info"}, {}},
    {{}, {}},
    {{"admin"}, {}},
};

// Sets variables until its destruction.
class Environment {
 public:
  ~Environment() {
    for (const auto& name : names_) unsetenv(name.c_str());
  }
  void set(const std::string& name, const std::string& value) {
    setenv(name.c_str(), value.c_str(), 1);
    names_.insert(name);
  }

 private:
  std::set<std::string> names_;
};

Command parsed(const Words& words) {
  const auto result = parse_command_line(words);
  REQUIRE_MESSAGE(std::holds_alternative<CommandLine>(result), std::get<Stop>(result).text);
  return std::get<CommandLine>(result).command;
}

Words with(const Usage& usage, const Variable& variable, const std::string& value) {
  Words words = usage.words;
  words.push_back(variable.option + "=" + value);  // with a blank, a flag would not accept it
  return words;
}

std::string spelled(const Words& words) {
  std::string line;
  for (const auto& word : words) line += word + " ";
  return line;
}

bool reads(const Usage& usage, const Variable& variable) {
  return std::any_of(usage.variables.begin(), usage.variables.end(),
                     [&](const Variable& own) { return own.name == variable.name; });
}

std::vector<Variable> all_variables() {
  std::vector<Variable> all;
  for (const Usage& usage : usages) {
    all.insert(all.end(), usage.variables.begin(), usage.variables.end());
  }
  return all;
}

// Returns the ATM_… names in a command's help, with repetitions.
std::multiset<std::string> names_in(const std::string& help) {
  std::multiset<std::string> names;
  for (auto at = help.find("(Env:"); at != help.npos; at = help.find("(Env:", at + 1)) {
    const auto end = help.find(')', at);
    names.insert(help.substr(at + 5, end - at - 5));
  }
  return names;
}

}  // namespace

TEST_CASE(
    "the command line overrides the environment, which sets the options that were not typed") {
  const auto all = all_variables();
  for (const Usage& usage : usages) {
    for (const Variable& variable : usage.variables) {
      const Words words = with(usage, variable, variable.typed);
      CAPTURE(spelled(words));
      Words whole = words;
      for (const Variable& other : usage.variables) {
        if (other.name != variable.name) whole.push_back(other.option + "=" + other.ambient);
      }
      const Command expected = parsed(whole);
      Environment environment;
      for (const Variable& any : all) environment.set(any.name, any.ambient);
      CHECK(parsed(words) == expected);
    }
  }
}

TEST_CASE("an option on the command line has the same effect whatever its variable contains") {
  for (const Usage& usage : usages) {
    for (const Variable& variable : usage.variables) {
      const Words words = with(usage, variable, variable.typed);
      CAPTURE(spelled(words));
      const Command alone = parsed(words);
      Environment environment;
      for (const auto& value : {variable.ambient, variable.wrong}) {
        environment.set(variable.name, value);
        CHECK(parsed(words) == alone);
      }
    }
  }
}

TEST_CASE("a command reads its own variables, and an invalid one is wrong usage") {
  for (const Usage& usage : usages) {
    for (const Variable& variable : usage.variables) {
      CAPTURE(spelled(usage.words));
      CAPTURE(variable.name);
      const Command typed = parsed(with(usage, variable, variable.ambient));
      Environment environment;
      environment.set(variable.name, variable.ambient);
      CHECK(parsed(usage.words) == typed);
      if (variable.wrong.empty()) continue;
      environment.set(variable.name, variable.wrong);
      const auto refused = parse_command_line(usage.words);
      REQUIRE(std::holds_alternative<Stop>(refused));
      CHECK(std::get<Stop>(refused).status == 2);
    }
  }
}

TEST_CASE("variables of other commands have no effect, valid or not") {
  const auto all = all_variables();
  for (const Usage& usage : usages) {
    CAPTURE(spelled(usage.words));
    const Command alone = parsed(usage.words);
    for (const bool right : {true, false}) {
      Environment environment;
      for (const Variable& variable : all) {
        if (reads(usage, variable)) continue;
        environment.set(variable.name, right ? variable.ambient : variable.wrong);
      }
      CHECK(parsed(usage.words) == alone);
    }
  }
}

TEST_CASE("help is shown although a variable is invalid, and -h is its short name") {
  std::vector<std::pair<std::string, std::string>> wrong{{"ATM_ACCOUNT", "x"},
                                                         {"ATM_AS", "root"},
                                                         {"ATM_JSON", "perhaps"},
                                                         {"ATM_RETRY_FOR", "long"},
                                                         {"ATM_SERVER", "nowhere"}};
  for (const Variable& variable : all_variables())
    wrong.emplace_back(variable.name, variable.wrong);
  for (const Usage& usage : usages) {
    CAPTURE(spelled(usage.words));
    Words words = usage.words;
    words.push_back("--help");
    const std::string help = std::get<Stop>(parse_command_line(words)).text;
    words.back() = "-h";
    Environment environment;
    for (const auto& [name, value] : wrong) environment.set(name, value);
    const auto shown = parse_command_line(words);
    REQUIRE(std::holds_alternative<Stop>(shown));
    CHECK(std::get<Stop>(shown).status == 0);
    CHECK(std::get<Stop>(shown).text == help);
  }
}

TEST_CASE("the list above has every command, and every variable that its help shows") {
  std::set<std::string> known;
  for (const Usage& usage : usages) {
    CAPTURE(spelled(usage.words));
    known.insert(spelled(usage.words));
    if (usage.words.empty()) continue;
    Words words = usage.words;
    words.push_back("--help");
    const auto help = parse_command_line(words);
    REQUIRE(std::holds_alternative<Stop>(help));
    std::multiset<std::string> expected;
    for (const Variable& variable : usage.variables) expected.insert(variable.name);
    CHECK(names_in(std::get<Stop>(help).text) == expected);
  }
  const auto is_known = [&](const std::string& start) {
    return std::any_of(known.begin(), known.end(),
                       [&](const std::string& line) { return line.starts_with(start + " "); });
  };
  for (const auto& name : client::completions("", false)) {
    CAPTURE(name);
    CHECK(is_known(name));
  }
  for (const std::string group : {"", "hold "}) {
    for (const auto& name : client::completions(group, true)) {
      CAPTURE(name);
      CHECK(is_known("admin " + group + name));
    }
  }
}
