/// Stopping the program at a question for a PIN, and at the prompt, from a real shell.

#include <fstream>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "tests/client/child.hpp"
#include "tests/client/fake_server.hpp"
#include "tests/client/matchers.hpp"

using test::check_pin;
using test::FakeServer;
using test::Finished;
using test::TerminalChild;

namespace {

// An interactive shell in which $atm is the program.
class Shell : public TerminalChild {
 public:
  explicit Shell(const FakeServer& server)
      : TerminalChild({"--norc", "--noprofile", "-i"},
                      {"PS1=shell$ ", "ATM_SERVER=" + server.address(), "ATM_ACCOUNT=7",
                       "ATM_ADMIN_SOCKET=" + server.socket_path(),
                       "HISTFILE=", "GATE=" + server.folder() + "/gate"},
                      "/bin/bash") {}
};

}  // namespace

TEST_CASE("a PIN is not shown after Ctrl-Z and fg at its question") {
  FakeServer server(check_pin);
  Shell shell(server);
  REQUIRE(shell.await("shell$ "));
  shell.type("\"$atm\" balance\n");
  REQUIRE(shell.await("PIN of account 7: "));
  for (int i = 0; i < 3; ++i) {
    shell.type("\x1a");
    REQUIRE(shell.await("Stopped"));
    REQUIRE(shell.await("shell$ "));
    shell.type("fg\n");
    REQUIRE_MESSAGE(shell.await("PIN of account 7: "), "the question was not repeated");
  }
  shell.type("4711\n");
  REQUIRE(shell.await("balance 125.00"));
  REQUIRE(shell.await("shell$ "));
  shell.type("echo seen\n");
  REQUIRE_MESSAGE(shell.await("echo seen"), "the shell's echo is off");
  shell.type("exit\n");
  CHECK(shell.finish().out != test::containing("4711"));
}

// SIGSTOP cannot be caught, so the program restores no modes before it stops.
TEST_CASE("a PIN is not shown after SIGSTOP and fg at its question") {
  FakeServer server(check_pin);
  Shell shell(server);
  REQUIRE(shell.await("shell$ "));
  const std::string gate = server.folder() + "/gate";
  REQUIRE(mkfifo(gate.c_str(), 0600) == 0);
  shell.type("(echo $BASHPID >\"$GATE\"; exec \"$atm\" balance)\n");
  pid_t process = 0;
  std::ifstream(gate) >> process;
  REQUIRE(process > 0);
  REQUIRE(shell.await("PIN of account 7: "));
  for (int i = 0; i < 3; ++i) {
    REQUIRE(kill(process, SIGSTOP) == 0);
    REQUIRE(shell.await("Stopped"));
    REQUIRE(shell.await("shell$ "));
    shell.type("fg\n");
    REQUIRE_MESSAGE(shell.await("PIN of account 7: "), "the question was not repeated");
  }
  shell.type("4711\n");
  REQUIRE(shell.await("balance 125.00"));
  REQUIRE(shell.await("shell$ "));
  shell.type("exit\n");
  CHECK(shell.finish().out != test::containing("4711"));
}

TEST_CASE("a question in the background waits for the foreground, and then takes Enter") {
  FakeServer server(check_pin);
  Shell shell(server);
  REQUIRE(shell.await("shell$ "));
  const std::string gate = server.folder() + "/gate";
  REQUIRE(mkfifo(gate.c_str(), 0600) == 0);
  // Started while the shell edits a line, so that the terminal has the shell's modes.
  shell.type("set -b; { read go <\"$GATE\"; exec \"$atm\" balance; } &\n");
  REQUIRE(shell.await("shell$ "));
  std::ofstream(gate) << "go\n";
  REQUIRE_MESSAGE(shell.await("Stopped"), "the program did not wait for the foreground");
  shell.type("fg\n");
  REQUIRE(shell.await("PIN of account 7: "));
  shell.type("4711\r");
  REQUIRE_MESSAGE(shell.await("balance 125.00"), "Enter did not end the PIN");
  REQUIRE(shell.await("shell$ "));
  shell.type("stty -a\n");
  CHECK_MESSAGE(shell.await(" icanon"), "the shell's own modes are left on the terminal");
  shell.type("exit\n");
  CHECK(shell.finish().out != test::containing("4711"));
}

TEST_CASE("the terminal's modes are restored when a signal ends the program at the question") {
  FakeServer server(check_pin);
  for (const char* key : {"\x03", "\x1c"}) {
    CAPTURE(static_cast<int>(key[0]));
    TerminalChild shell({"-c", "trap : INT QUIT; ulimit -c 0; \"$atm\" balance; stty -a"},
                        {"ATM_SERVER=" + server.address(), "ATM_ACCOUNT=7"}, "/bin/sh");
    REQUIRE(shell.await("PIN of account 7: "));
    shell.type(key);
    CHECK_MESSAGE(shell.finish().out == test::containing(" echo "), "the echo is off");
  }
}

TEST_CASE("the prompt goes on after Ctrl-Z and fg") {
  FakeServer server(check_pin);
  Shell shell(server);
  REQUIRE(shell.await("shell$ "));
  shell.type("\"$atm\" --as operator\n");
  REQUIRE(shell.await("atm (operator)> "));
  shell.type("\x1a");
  REQUIRE(shell.await("Stopped"));
  REQUIRE(shell.await("shell$ "));
  shell.type("fg\n");
  REQUIRE(shell.await("atm (operator)> "));
  shell.type("balance\r");
  REQUIRE_MESSAGE(shell.await("balance 125.00"), "the prompt is dead after fg");
  shell.type("quit\r");
  REQUIRE(shell.await("shell$ "));
  shell.type("exit\n");
  shell.finish();
}
