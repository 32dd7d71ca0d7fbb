#include "client/options.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "tests/client/matchers.hpp"

using client::CommandLine;
using client::Stop;

namespace {

CommandLine command_line(const std::vector<std::string>& arguments) {
  auto result = client::parse_command_line(arguments);
  REQUIRE_MESSAGE(std::holds_alternative<CommandLine>(result), std::get<Stop>(result).text);
  return std::get<CommandLine>(result);
}

Stop stopped(const std::vector<std::string>& arguments) {
  auto result = client::parse_command_line(arguments);
  REQUIRE(std::holds_alternative<Stop>(result));
  return std::get<Stop>(result);
}

client::Command typed(const std::string& line, bool admin = false) {
  auto result = client::parse_prompt_line(line, admin);
  REQUIRE(std::holds_alternative<client::Command>(result));
  return std::get<client::Command>(result);
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

TEST_CASE("an empty command line opens a prompt, with the default settings") {
  const auto line = command_line({});
  CHECK(line.command.name.empty());
  CHECK(line.settings.server == "127.0.0.1:7007");
  CHECK(line.settings.admin_socket == "./atm-data/admin.sock");
  CHECK(line.settings.as.empty());
  CHECK(line.settings.retry_for == std::chrono::seconds(30));
  CHECK(command_line({"admin"}).command.name == "admin");
}

TEST_CASE("options are accepted before and after the command") {
  for (const auto& line :
       {command_line({"--account", "7", "--json", "deposit", "25.00", "--key", "k"}),
        command_line({"deposit", "--key=k", "25.00", "--account", "7", "--json"})}) {
    CHECK(line.command.name == "deposit");
    CHECK(line.command.amount == 2500);
    CHECK(line.command.key == "k");
    CHECK(line.command.account == 7);
    CHECK(line.settings.json);
  }
}

TEST_CASE("each command takes its arguments") {
  CHECK(command_line({"create", "--balance", "25.5"}).command.balance == 2550);
  CHECK(command_line({"admin", "create", "--balance", "0"}).command.balance == 0);
  const auto transfer = command_line({"transfer", "9", "1.50", "--timeout", "250"}).command;
  CHECK(transfer.to == 9);
  CHECK(transfer.amount == 150);
  CHECK(transfer.timeout_ms == 250);
  CHECK(command_line({"history", "--limit", "3", "--before", "12"}).command.before == 12);
  CHECK(command_line({"cancel", "k", "--wait", "5"}).command.wait_ms == 5);
  const auto hold =
      command_line({"admin", "hold", "add", "locked", "--account", "3", "--op", "deposit"});
  CHECK(hold.command.name == "admin hold add");
  CHECK(hold.command.point == "locked");
  CHECK(hold.command.account == 3);
  CHECK(hold.command.op == "deposit");
  const auto cancel = command_line({"admin", "cancel", "3-81", "--reason", "a b"}).command;
  CHECK(cancel.handle == "3-81");
  CHECK(cancel.reason == "a b");
  CHECK(command_line({"admin", "freeze", "010"}).command.number == 10);
  CHECK(command_line({"bench", "--op", "balance", "--connections", "4"}).command.connections == 4);
}

TEST_CASE("wrong usage is one line and status 2") {
  const std::vector<std::vector<std::string>> wrong{{"deposit"},
                                                    {"deposit", "1e3"},
                                                    {"deposit", "-1"},
                                                    {"deposit", "0.001"},
                                                    {"deposit", "92233720368547758.08"},
                                                    {"deposit", "1", "2"},
                                                    {"deposit", "1", "--key", ""},
                                                    {"deposit", "1", "--key", std::string(65, 'k')},
                                                    {"deposit", "1", "--key", "a b"},
                                                    {"deposit", "1", "--timeout", "0"},
                                                    {"transfer", "5"},
                                                    {"--account", "x", "balance"},
                                                    {"--account", "0x7", "balance"},
                                                    {"--server", "nowhere", "balance"},
                                                    {"--retry-for", "-1", "balance"},
                                                    {"admin", "hold"},
                                                    {"admin", "nonsense"},
                                                    {"bench", "--connections", "0"},
                                                    {"bench", "--connections", "100000"},
                                                    {"bench", "--op", "create"},
                                                    {"bench", "--op", "deposit:0"},
                                                    {"bench", "--op", "deposit,get"},
                                                    {"bench", "--cancels", "101"},
                                                    {"nonsense"},
                                                    {"--as", "root", "balance"},
                                                    {"--pin", "1234", "balance"}};
  for (const auto& arguments : wrong) {
    CAPTURE(arguments.back());
    const Stop stop = stopped(arguments);
    CHECK(stop.status == 2);
    CHECK(stop.text != test::containing("\n"));
  }
}

TEST_CASE("a number outside the server's range is wrong usage, and the complaint names the range") {
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong{
      {{"history", "--limit", "0"}, "from 1 to 1000,"},
      {{"history", "--limit", "1001"}, "from 1 to 1000,"},
      {{"history", "--before", "0"}, "from 1,"},
      {{"deposit", "1", "--timeout", "0"}, "from 1 to 86400000,"},
      {{"balance", "--timeout", "86400001"}, "from 1 to 86400000,"},
      {{"cancel", "k", "--wait", "86400001"}, "from 0 to 86400000,"},
      {{"admin", "cancel", "3-81", "--wait", "86400001"}, "from 0 to 86400000,"}};
  for (const auto& one : wrong) {
    CAPTURE(one.first.back());
    const Stop stop = stopped(one.first);
    CHECK(stop.status == 2);
    CHECK(stop.text == test::containing(one.second));
  }
  CHECK(command_line({"history", "--limit", "1000", "--before", "1"}).command.limit == 1000);
  CHECK(command_line({"cancel", "k", "--wait", "86400000"}).command.wait_ms == 86'400'000);
  CHECK(stopped({"history", "--help"}).text == test::containing("1 to 1000 (default 20)"));
}

TEST_CASE("help and version have status 0") {
  CHECK(stopped({"--version"}).text.starts_with("atm 1."));
  const Stop whole = stopped({"--help"});
  CHECK(whole.status == 0);
  CHECK(whole.text == test::containing("Exit status"));
  CHECK(whole.text == test::containing("ATM_PIN_FILE"));
  const Stop part = stopped({"deposit", "--help"});
  CHECK(part.status == 0);
  CHECK(part.text == test::containing("atm deposit"));
}

TEST_CASE("help is shown whatever else is wrong with the line") {
  const std::vector<std::vector<std::string>> lines{{"-h"},
                                                    {"--help", "--account", "x"},
                                                    {"--account", "x", "-h"},
                                                    {"-h", "--account"},
                                                    {"--nonsense", "-h"},
                                                    {"nonsense", "-h"},
                                                    {"--json=perhaps", "-h"},
                                                    {"deposit", "1", "2", "-h"},
                                                    {"deposit", "1e3", "--timeout", "0", "-h"},
                                                    {"admin", "hold", "add", "--op", "-h", "-h"}};
  for (const auto& line : lines) {
    CAPTURE(line);
    const Stop stop = stopped(line);
    CHECK(stop.status == 0);
    CHECK(stop.text == test::containing("Usage: atm"));
  }
  CHECK(stopped({"--timeout", "0", "deposit", "x", "-h"}).text == stopped({"deposit", "-h"}).text);
  CHECK(stopped({"--account", "x", "--version"}).status == 0);
  const auto typed_help = client::parse_prompt_line("deposit 1e3 -h", false);
  REQUIRE(std::holds_alternative<Stop>(typed_help));
  CHECK(std::get<Stop>(typed_help).status == 0);
}

TEST_CASE("a line of the prompt is parsed like a command line, with quoted words") {
  CHECK(typed("deposit 25.5").amount == 2550);
  CHECK(typed("balance --account 9").account == 9);
  CHECK(typed("admin cancel 3-81 --reason 'not now'").reason == "not now");
  CHECK(typed("hold add locked", true).name == "admin hold add");
  CHECK(std::holds_alternative<Stop>(client::parse_prompt_line("admin list", true)));
  CHECK(std::holds_alternative<Stop>(client::parse_prompt_line("--server a:1 balance", false)));
  for (const char* open : {"deposit 'open", "deposit \"1", "withdraw 1.00 --key \"zz"}) {
    CAPTURE(open);
    CHECK(std::holds_alternative<Stop>(client::parse_prompt_line(open, false)));
  }
  CHECK(std::holds_alternative<Stop>(client::parse_prompt_line("--account 7", false)));
  CHECK(std::holds_alternative<Stop>(client::parse_prompt_line("admin", false)));
}

TEST_CASE("completion offers commands, their parts and their options") {
  CHECK(client::completions("de", false) == std::vector<std::string>{"deposit"});
  CHECK(contains(client::completions("", false), "transfer"));
  CHECK(contains(client::completions("admin ca", false), "cancel-all"));
  CHECK(client::completions("hold c", true) == std::vector<std::string>{"clear"});
  CHECK(contains(client::completions("deposit 5 --", false), "--key"));
  CHECK(client::completions("nonsense", false).empty());
}
