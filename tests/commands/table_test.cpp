// The table of commands: the row of a command, and the reply to a malformed one.

#include "server/commands/table.hpp"

#include <map>

#include <doctest/doctest.h>

#include "tests/bank/reply_text.hpp"

namespace {

/// The usage of the command's row; "transaction" if it has none; the refusal if it is malformed.
std::string row_of(const std::string& command) {
  const commands::Parsed parsed = commands::parse(rig::split(command));
  if (parsed.fault) return rig::text(*parsed.fault);
  return parsed.row == nullptr ? "transaction" : std::string(parsed.row->grammar.usage());
}

}  // namespace

TEST_CASE("a command belongs to the row with the longest name") {
  CHECK(row_of("CLIENT KILL 7") == "CLIENT KILL client");
  CHECK(row_of("client kill id 7") == "CLIENT KILL ID client");
  CHECK(row_of("COMMAND") == "COMMAND");
  CHECK(row_of("COMMAND DOCS get set") == "COMMAND DOCS [command …]");
  CHECK(row_of("DEPOSIT") == "transaction");
  CHECK(row_of("NONSENSE") == "transaction");
}

TEST_CASE("the reply to a malformed command is its usage, or the usages of its family") {
  CHECK(row_of("TXN CANCEL 1-1 FROB x") == "-ERR usage: TXN CANCEL handle [REASON text] [WAIT ms]");
  CHECK(row_of("HOLD") == "-ERR usage: HOLD ADD point [ACCOUNT id] [OP op] | LIST | CLEAR");
  CHECK(row_of("HOLD FROB") == row_of("HOLD"));
  CHECK(row_of("CANCEL 1 k WAIT x") == "-ERR WAIT is 0 to 86400000 milliseconds");
  CHECK(row_of("COMMAND FROB") ==
        "-ERR usage: COMMAND | COUNT | LIST | INFO [command …] | DOCS [command …]");
}

TEST_CASE("the values of a command are read once, by its grammar") {
  const auto cancel = commands::parse(rig::split("TXN CANCEL 3-81 wait 50 Reason drill"));
  CHECK(cancel.asked.handle == "3-81");
  CHECK(cancel.asked.reason == "drill");
  CHECK(cancel.asked.wait == std::chrono::milliseconds(50));
  const auto hello = commands::parse(rig::split("HELLO 3 SETNAME till AUTH 42 1234"));
  CHECK(hello.asked.number == 3);
  CHECK(hello.asked.name == "till");
  REQUIRE(hello.asked.login);
  CHECK(hello.asked.login->first == "42");
  CHECK(hello.asked.login->second == "1234");
  CHECK(commands::parse(rig::split("TXN CANCELALL ACCOUNT 7")).asked.only_account == 7);
  CHECK_FALSE(commands::parse(rig::split("TXN CANCELALL")).asked.only_account);
}

TEST_CASE("each command may be given by its lowest role") {
  std::map<bank::Role, std::string> rows;
  for (const commands::Command& row : commands::rows()) {
    std::string& all = rows[row.lowest_role];
    for (const std::string_view word : row.grammar.name()) all += std::string(word) + " ";
    all += row.inside_multi ? "(in MULTI), " : ", ";
  }
  CHECK(rows[bank::Role::nobody] ==
        "PING , ECHO , SELECT , QUIT (in MULTI), MULTI , EXEC (in MULTI), DISCARD (in MULTI), "
        "RESET (in MULTI), AUTH , HELLO , CLIENT ID , CLIENT GETNAME , CLIENT SETNAME , "
        "CLIENT SETINFO , CLIENT REPLY , CLIENT INFO , COMMAND , COMMAND COUNT , COMMAND LIST , "
        "COMMAND INFO , COMMAND DOCS , INFO , ");
  CHECK(rows[bank::Role::customer] == "STATUS , CANCEL , ");
  CHECK(rows[bank::Role::teller] == "");
  CHECK(rows[bank::Role::operator_] ==
        "TXN LIST , TXN SHOW , TXN WATCH , TXN CANCEL , TXN CANCELALL , TXN STEP , TXN RESUME , "
        "HOLD ADD , HOLD LIST , HOLD CLEAR , ACCOUNT FREEZE , ACCOUNT UNFREEZE , ACCOUNT UNLOCK , "
        "DRAIN , CLIENT LIST , CLIENT KILL , CLIENT KILL ID , ");
}
