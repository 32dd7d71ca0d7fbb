/// admin watch, which needs a terminal.

#include <doctest/doctest.h>

#include "tests/client/watched_server.hpp"

using test::as_operator;
using test::events;
using test::FakeServer;
using test::Finished;
using test::TerminalChild;
using test::watched;
using test::watched_until_the_end;
using test::Words;

namespace {

const std::string left_the_screen = "\x1b[?1049l";

}  // namespace

TEST_CASE("watch needs a terminal") {
  FakeServer server(watched(events));
  const Finished done = test::run_atm(as_operator(server, {"admin", "watch"}));
  CHECK(done.status == 2);
  CHECK(done.err == test::containing("watch draws on a terminal"));
  CHECK(server.received().empty());
}

TEST_CASE("watch shows the transactions, and its keys act on the selected one") {
  FakeServer server(watched(events));
  TerminalChild atm(as_operator(server, {"admin", "watch"}), {"TERM=xterm"});
  REQUIRE(atm.await("2 in flight"));
  REQUIRE(atm.await("> 1-5     deposit 1"));
  atm.type("j");
  REQUIRE_MESSAGE(atm.await("> 1-6     balance 2"), "j selects the one below");
  atm.type("\x1b[A");
  REQUIRE_MESSAGE(atm.await("> 1-5     deposit 1"), "an arrow selects the one above");
  for (const auto& typed : {std::pair{"s", "STEP"}, {"r", "RESUME"}, {"c", "CANCEL"}}) {
    const char* const key = typed.first;
    const char* const word = typed.second;
    atm.type(key);
    REQUIRE_MESSAGE(atm.await("1-5: " + std::string(*key == 'c' ? "cancelled" : "done")), word);
    CHECK(server.received("TXN").back().words == Words{"TXN", word, "1-5"});
  }
  atm.type("q");
  const Finished done = atm.finish();
  CHECK(done.status == 0);
  CHECK_MESSAGE(done.out == test::containing(left_the_screen), "the terminal is restored");
}

TEST_CASE("watch restores the terminal when a signal or the server ends it") {
  for (const int signal : {SIGTERM, SIGINT, SIGQUIT}) {
    FakeServer server(watched(events));
    TerminalChild atm(as_operator(server, {"admin", "watch"}), {"TERM=xterm"});
    REQUIRE(atm.await("in flight"));
    atm.interrupt(signal);
    const Finished done = atm.finish();
    CAPTURE(signal);
    CHECK(done.status == -signal);
    CHECK(done.out == test::containing(left_the_screen));
  }
  FakeServer server(watched_until_the_end(events));
  TerminalChild atm(as_operator(server, {"admin", "watch"}), {"TERM=xterm"});
  const Finished done = atm.finish();
  CHECK(done.status == 5);
  CHECK(done.out == test::containing("the server closed the connection"));
  CHECK(done.out.rfind(left_the_screen) < done.out.rfind("the server closed"));
}

TEST_CASE("watch gives the terminal back at Ctrl-Z, and takes it again after fg") {
  FakeServer server(watched(events));
  TerminalChild shell({"--norc", "--noprofile", "-i"},
                      {"PS1=shell$ ", "ATM_ADMIN_SOCKET=" + server.socket_path(), "HISTFILE="},
                      "/bin/bash");
  REQUIRE(shell.await("shell$ "));
  shell.type("\"$atm\" admin watch\n");
  REQUIRE(shell.await("in flight"));
  shell.type("\x1a");
  REQUIRE(shell.await(left_the_screen));
  REQUIRE(shell.await("shell$ "));
  shell.type("stty -a\n");
  REQUIRE_MESSAGE(shell.await(" icanon"), "the shell's own modes are left on the terminal");
  REQUIRE(shell.await("shell$ "));
  shell.type("fg\n");
  REQUIRE(shell.await("in flight"));
  shell.type("q");
  REQUIRE(shell.await("shell$ "));
  shell.type("stty -a\n");
  CHECK(shell.await(" echo "));
  shell.type("exit\n");
  shell.finish();
}
