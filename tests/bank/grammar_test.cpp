// A usage text as a grammar.

#include "server/bank/grammar.hpp"

#include <doctest/doctest.h>

#include "tests/bank/reply_text.hpp"

using bank::Grammar;

namespace {

/// The values as they were read, "account=1 KEY=k"; "not so" after those of a malformed command.
std::string read(const Grammar& grammar, const std::string& command) {
  std::string all;
  const auto words = rig::split(command);
  if (!grammar.names(words)) return "another command";
  const bool written_so = grammar.read(words, [&](std::string_view what, bank::WordSpan values) {
    all += (all.empty() ? "" : " ") + std::string(what) + "=";
    for (const std::string& value : values) all += (&value == &values[0] ? "" : ",") + value;
  });
  return written_so ? all : all + (all.empty() ? "" : " ") + "not so";
}

}  // namespace

TEST_CASE("values come in their order, options in any") {
  constexpr Grammar deposit("DEPOSIT account amount [KEY key] [TIMEOUT ms]");
  CHECK(read(deposit, "DEPOSIT 1 5") == "account=1 amount=5");
  CHECK(read(deposit, "deposit 1 5 Timeout 9 key k") == "account=1 amount=5 TIMEOUT=9 KEY=k");
  CHECK(read(deposit, "WITHDRAW 1 5") == "another command");
  CHECK(read(deposit, "DEPOSIT 1") == "not so");
  CHECK(read(deposit, "DEPOSIT 1 5 KEY") == "account=1 amount=5 not so");
  CHECK(read(deposit, "DEPOSIT 1 5 FROB 6") == "account=1 amount=5 not so");
  CHECK(read(deposit, "DEPOSIT 1 5 KEY a KEY b") == "account=1 amount=5 KEY=a not so");
}

TEST_CASE("a name may have several words, and an option several values") {
  constexpr Grammar kill("CLIENT KILL ID client");
  CHECK(read(kill, "client kill id 7") == "client=7");
  CHECK(read(kill, "CLIENT KILL 7") == "another command");
  CHECK(read(kill, "CLIENT KILL ID") == "not so");
  constexpr Grammar hello("HELLO [version] [AUTH user secret] [SETNAME name]");
  CHECK(read(hello, "HELLO") == "");
  CHECK(read(hello, "HELLO 3 SETNAME till AUTH 1 1234") == "version=3 SETNAME=till AUTH=1,1234");
  CHECK(read(hello, "HELLO 3 AUTH 1") == "version=3 not so");
}

TEST_CASE("one value, or any number of them, may be left out") {
  constexpr Grammar ping("PING [message]");
  CHECK(read(ping, "PING") == "");
  CHECK(read(ping, "PING hello") == "message=hello");
  CHECK(read(ping, "PING hello there") == "message=hello not so");
  constexpr Grammar docs("COMMAND DOCS [command …]");
  CHECK(read(docs, "COMMAND DOCS") == "command=");
  CHECK(read(docs, "COMMAND DOCS a b c") == "command=a,b,c");
}
