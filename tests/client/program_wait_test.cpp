/// How long the program waits, and what it says meanwhile.

#include <doctest/doctest.h>

#include "tests/client/program_fixture.hpp"

using namespace test;

namespace {

std::string silent(FakeServer&, const Received&) {
  return {};
}

// Starts all of them at once. Returns how they ended.
std::vector<Finished> finish_all(const std::vector<Words>& commands) {
  std::vector<std::unique_ptr<Child>> children;
  for (const Words& command : commands) children.push_back(std::make_unique<Child>(command));
  std::vector<Finished> all;
  for (const auto& child : children) all.push_back(child->finish());
  return all;
}

}  // namespace

TEST_CASE("--retry-for bounds the wait for a reply of every command") {
  FakeServer server(silent_after_login);
  const std::string pin = write_file(server.folder(), "new", "98765\n");
  const auto customer = [&](Words words) {
    words.insert(words.begin(), {"--retry-for", "1"});
    return as_customer(server, words);
  };
  const auto admin = [&](Words words) {
    words.insert(words.begin(), {"--retry-for", "1", "admin"});
    return as_operator(server, words);
  };
  const std::vector<Words> commands{customer({"balance"}),
                                    customer({"history"}),
                                    customer({"status", "k"}),
                                    customer({"cancel", "k"}),
                                    customer({"deposit", "1"}),
                                    customer({"deposit", "1", "--timeout", "10"}),
                                    customer({"passwd", "--new-pin-file", pin}),
                                    customer({"bench"}),
                                    admin({"list"}),
                                    admin({"freeze", "7"}),
                                    admin({"kill", "5"}),
                                    admin({"audit"})};
  const std::vector<int> statuses{5, 5, 5, 4, 4, 4, 4, 4, 5, 4, 4, 5};
  const auto all = finish_all(commands);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CAPTURE(commands[i].back());
    CHECK(all[i].hung == "");
    CHECK(all[i].status == statuses[i]);
    CHECK(all[i].err == containing("the server did not reply in time"));
  }
}

TEST_CASE("--retry-for bounds the wait for a login") {
  FakeServer server(silent);
  const auto all = finish_all({as_customer(server, {"--retry-for", "1", "deposit", "1"}),
                               as_customer(server, {"--retry-for", "1", "bench"})});
  for (const Finished& done : all) {
    CHECK(done.hung == "");
    CHECK(done.status == 5);
    CHECK(done.err == containing("the server did not reply in time"));
  }
}

TEST_CASE("--retry-for bounds the look-up of the server's name, and Ctrl-C ends it") {
  const FakeServer files(silent);
  const Words words{"--server",    "bank.example:7007",
                    "--account",   "7",
                    "--retry-for", "1",
                    "--pin-file",  write_file(files.folder(), "pin", "1234\n"),
                    "balance"};
  // AddressSanitizer demands to be loaded first.
  const Setup stuck{{}, {"LD_PRELOAD=" STUCK_RESOLVER, "ASAN_OPTIONS=verify_asan_link_order=0"}};
  const Finished done = Child(words, stuck).finish();
  CHECK(done.hung == "");
  CHECK(done.status == 5);
  CHECK(done.err == containing("the look-up of its name did not end in time"));
  CHECK(done.err == containing("gave up after 1 s (--retry-for)"));

  Words patient = words;
  patient[5] = "1000";
  Child waiting(patient, stuck);
  REQUIRE(waiting.await_error("still waiting"));
  waiting.interrupt();
  CHECK(waiting.finish().status == -SIGINT);
}

TEST_CASE("a write that ran out of time names its key and the limit") {
  FakeServer server(silent_after_login);
  const Finished done =
      Child(as_customer(server, {"--retry-for", "1", "deposit", "1", "--key", "k1"})).finish();
  CHECK(done.status == 4);
  CHECK(done.err == containing("gave up after 1 s (--retry-for); key k1; ask: atm "));
}

TEST_CASE("a wait of a second is announced once, with the key, also under --json") {
  for (const Words& style : {Words{}, Words{"--json"}}) {
    FakeServer server(silent_after_login);
    Words words = style;
    words.insert(words.end(), {"--retry-for", "3", "deposit", "1", "--key", "k1"});
    Child child(as_customer(server, words));
    REQUIRE_MESSAGE(child.await_error("\n"), "the wait was not announced");
    const Finished done = child.finish();
    const std::string notice = "atm: still waiting for the server (key k1)\n";
    CHECK(done.err.substr(0, notice.size()) == notice);
    CHECK(done.err.find("still waiting", notice.size()) == std::string::npos);
  }
}

TEST_CASE("a command waits for a server that is restarting") {
  int port = 0;
  {
    const FakeServer before(silent);
    port = before.port();
  }
  const FakeServer files(silent);
  Child child({"--server", "127.0.0.1:" + std::to_string(port), "--account", "7", "--pin-file",
               write_file(files.folder(), "pin", "1234\n"), "balance"});
  REQUIRE(child.await_error("still waiting: cannot connect"));
  FakeServer restarted(answering(":12500\r\n"), port);
  const Finished done = child.finish();
  CHECK(done.status == 0);
  CHECK(done.out == "balance 125.00\n");
}

TEST_CASE("a connection that can never be made is not tried again") {
  const Finished local = run_atm({"--admin-socket", "/" + std::string(200, 'x'), "admin", "list"});
  CHECK(local.status == 5);
  CHECK(local.err == containing("File name too long"));
  CHECK(local.err != containing("still waiting"));
}

TEST_CASE("a write that did not reach the server names its key, too") {
  FakeServer server(silent);
  const Finished done =
      Child(as_customer(server, {"--retry-for", "1", "deposit", "1", "--key", "k1"})).finish();
  CHECK(done.status == 5);
  CHECK(done.err == containing("gave up after 1 s (--retry-for) (key k1)\n"));
}

TEST_CASE("an operator's action that ran out of time names the limit") {
  FakeServer server(silent_after_login);
  const Finished done = Child(as_operator(server, {"--retry-for", "1", "admin", "drain"})).finish();
  CHECK(done.status == 4);
  CHECK(done.err == containing("gave up after 1 s (--retry-for)"));
}
