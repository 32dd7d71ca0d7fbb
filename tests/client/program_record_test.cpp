/// admin record.

#include <filesystem>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "tests/client/watched_server.hpp"

using test::as_operator;
using test::Child;
using test::events;
using test::FakeServer;
using test::Finished;
using test::gone;
using test::watched;
using test::watched_until_the_end;
using test::Words;

namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("record draws what it saw until the server's end") {
  FakeServer server(watched_until_the_end(events + gone));
  const std::string file = server.folder() + "/run.svg";
  const Finished done = test::run_atm(as_operator(server, {"admin", "record", file}));
  CHECK(done.status == 0);
  CHECK(done.out == "4 events of 2 transactions are drawn in " + file + "\n");
  CHECK(content_of(file) == test::containing(">cancel by operator: stolen card<"));
}

TEST_CASE("record ends with Ctrl-C, which is no failure") {
  FakeServer server(watched(events));
  const std::string file = server.folder() + "/run.svg";
  Child atm(as_operator(server, {"admin", "record", file, "--account", "1"}));
  REQUIRE(atm.await_error("recording"));
  atm.interrupt();
  CHECK(atm.finish().status == 0);
  CHECK(content_of(file).ends_with("</svg>\n"));
  CHECK(server.received("TXN").at(0).words == Words{"TXN", "WATCH", "ACCOUNT", "1"});
}

TEST_CASE("record ends after the time it was given") {
  FakeServer server(watched(events));
  const std::string file = server.folder() + "/run.svg";
  const Finished done =
      test::run_atm(as_operator(server, {"--json", "admin", "record", file, "--for", "1"}));
  CHECK(done.status == 0);
  CHECK(done.out == test::containing(R"("events":3,"transactions":2)"));
}

TEST_CASE("record writes over no file, and leaves none behind if it cannot record") {
  FakeServer server(watched(events));
  const std::string file = test::write_file(server.folder(), "old.svg", "kept");
  Finished done = test::run_atm(as_operator(server, {"admin", "record", file}));
  CHECK(done.status == 1);
  CHECK(done.err == test::containing("choose another file"));
  CHECK(content_of(file) == "kept");
  const std::string other = server.folder() + "/new.svg";
  done = test::run_atm({"--admin-socket", server.folder() + "/none.sock", "--retry-for", "0",
                        "admin", "record", other});
  CHECK(done.status == 5);
  CHECK_FALSE(std::filesystem::exists(other));
}
