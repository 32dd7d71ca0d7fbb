// Signals, and the file with the tellers' secret, which SIGHUP reads again.

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include <doctest/doctest.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/server/rig/patience.hpp"
#include "tests/server/rig/site.hpp"

using rig::Client;
using rig::Finished;
using rig::Folder;
using rig::run_server;
using rig::show;
using rig::Site;

namespace {

void await_event(Site& site, const std::string& name, std::int64_t times) {
  rig::wait_until([&] { return site.info("events_" + name) == times; }, "event " + name);
}

void write_secret(const Site& site, const std::string& secret) {
  std::ofstream(site.folder().file("teller")) << secret << "\n";
}

/// Whether the server holds a descriptor of the tellers' file.
bool has_secret_open(Site& site) {
  const std::string folder = "/proc/" + std::to_string(site.server().pid()) + "/fd";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::error_code closed;  // since the folder was read
    const std::string path = std::filesystem::read_symlink(entry, closed);
    if (path.find("/teller") != path.npos) return true;
  }
  return false;
}

std::string with_secret(const Folder& folder, const std::string& name) {
  const Finished run = run_server(
      {"--data", folder.file("data"), "--listen", "127.0.0.1:0", "--teller-secret-file", name});
  CHECK(run.status == 2);
  return run.err;
}

void check_says(const std::string& text, const std::string& part) {
  CHECK_MESSAGE(text.find(part) != text.npos, "'" << text << "' does not say '" << part << "'");
}

}  // namespace

TEST_CASE("signals that mean nothing to the server do not end it") {
  for (const int number : {SIGHUP, SIGPIPE, SIGXFSZ, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF,
                           SIGIO, SIGPWR, SIGSTKFLT, SIGRTMIN, SIGRTMAX}) {
    CAPTURE(::strsignal(number));
    Site site;
    const auto account = site.open(5);
    site.server().signal(number);
    CHECK(show(site.op()("DEPOSIT", account, 1)) == ":6");
    CHECK(!site.server().ended());
    CHECK(site.stop() == 0);
  }
}

TEST_CASE("SIGXCPU drains the server as SIGTERM does") {
  Site site({"--teaching"});
  const auto account = site.open(5);
  site.op()("HOLD", "ADD", "checked");
  Client customer = site.customer(account);
  customer.send("DEPOSIT", account, 1);
  site.await_held("checked");
  site.server().signal(SIGXCPU);
  CHECK_MESSAGE(show(customer.receive()) == ":6", "a request in flight ends as it would have");
  CHECK(site.server().wait_exit() == 0);
  check_says(site.log(), "event=drain why=SIGXCPU in_flight=1");
}

TEST_CASE("signals that arrive until the very end of a stop do not kill the server") {
  for (const int number : {SIGTERM, SIGINT, SIGXCPU, SIGHUP}) {
    for (int round = 0; round < 5; ++round) {
      CAPTURE(::strsignal(number));
      Site site;
      site.open(5);
      site.server().signal(SIGTERM);
      while (!site.server().ended()) site.server().signal(number);
      CHECK_MESSAGE(site.server().wait_exit() == 0, "it was killed while it closed the ledger");
      CHECK(!std::filesystem::exists(site.folder().file("data/ledger.db-wal")));
    }
  }
}

TEST_CASE("SIGQUIT and SIGABRT end the server with a core dump") {
  for (const int number : {SIGQUIT, SIGABRT}) {
    Site site;
    site.server().signal(number);
    CHECK(site.server().wait_exit() == -number);
  }
}

TEST_CASE("a limit on the size of files is a refusal of the store, not the end") {
  Site site;
  const auto account = site.open(5);
  const rlimit full{0, RLIM_INFINITY};
  REQUIRE(prlimit(site.server().pid(), RLIMIT_FSIZE, &full, nullptr) == 0);
  CHECK(site.op()("DEPOSIT", account, 1).code() == "STORE");
  const rlimit wide{RLIM_INFINITY, RLIM_INFINITY};
  REQUIRE(prlimit(site.server().pid(), RLIMIT_FSIZE, &wide, nullptr) == 0);
  CHECK(show(site.op()("DEPOSIT", account, 1)) == ":6");
  CHECK(site.stop() == 0);
}

TEST_CASE("SIGHUP reads the tellers' secret again, and requests in flight go on") {
  Site site({"--teaching"});
  const auto account = site.open(5);
  site.op()("HOLD", "ADD", "modified");
  Client customer = site.customer(account);
  customer.send("DEPOSIT", account, 1);
  site.await_held("modified");
  write_secret(site, "another secret");
  site.server().signal(SIGHUP);
  await_event(site, "reload", 1);
  CHECK(site.guest()("AUTH", "teller", rig::teller_secret).code() == "WRONGPASS");
  CHECK(show(site.guest()("AUTH", "teller", "another secret")) == "+OK");
  site.op()("HOLD", "CLEAR");
  CHECK(show(customer.receive()) == ":6");
}

TEST_CASE("a secret that cannot be reloaded leaves the former one in force") {
  Site site;
  write_secret(site, "short");
  site.server().signal(SIGHUP);
  await_event(site, "reload_failed", 1);
  CHECK(show(site.guest()("AUTH", "teller", rig::teller_secret)) == "+OK");
  std::filesystem::remove(site.folder().file("teller"));
  site.server().signal(SIGHUP);
  await_event(site, "reload_failed", 2);
  CHECK(show(site.guest()("AUTH", "teller", rig::teller_secret)) == "+OK");
  CHECK(site.info("events_reload") == 0);
  std::filesystem::create_directory(site.folder().file("teller"));
  site.server().signal(SIGHUP);
  await_event(site, "reload_failed", 3);
  CHECK_MESSAGE(!has_secret_open(site), "a file that was refused is left open");
}

TEST_CASE("a secret is read from a pipe, which cannot be read again") {
  const Folder folder;
  int ends[2];
  REQUIRE(::pipe(ends) == 0);  // the server inherits it
  // The writer sends each part once the server has read the one before, and keeps the pipe open.
  std::thread writer([end = ends[1]] {
    for (const char* part : {"open ", "sesame", " \n"}) {
      int unread = 0;
      while (::ioctl(end, FIONREAD, &unread) == 0 && unread > 0) sched_yield();
      if (::write(end, part, std::strlen(part)) < 0) return;
    }
  });
  const rig::ServerProcess server(folder.path(),
                                  {"--teller-secret-file", "/dev/fd/" + std::to_string(ends[0])});
  writer.join();
  const auto log_in = [&] {
    return show(Client::tcp(server.port())("AUTH", "teller", "open sesame"));
  };
  CHECK(log_in() == "+OK");
  server.signal(SIGHUP);
  const std::string what = "is a pipe, which cannot be read again; restart the server";
  rig::wait_until([&] { return server.log().find(what) != std::string::npos; },
                  "a line in the log about the pipe");
  CHECK(log_in() == "+OK");
  for (const int end : ends) ::close(end);
}

TEST_CASE("the longest secret that the server accepts is one that a client can send") {
  const Folder folder;
  const std::string longest(1024, 'x');
  const rig::ServerProcess server(
      folder.path(), {"--teller-secret-file", folder.write("secret", longest + " \nmore\n")});
  CHECK(show(Client::tcp(server.port())("AUTH", "teller", longest)) == "+OK");
  Client wrong = Client::tcp(server.port());
  CHECK(show(wrong("AUTH", "teller", "12345678")) == "-WRONGPASS that is not the teller secret");
}

TEST_CASE("a secret's file that others can read, or that has no good secret, is refused") {
  const Folder folder;
  using std::filesystem::perms;
  const std::string open = folder.write("open", "a good secret\n");
  for (const perms more :
       {perms::group_read, perms::others_read, perms::group_write, perms::others_write}) {
    std::filesystem::permissions(open, perms::owner_read | perms::owner_write | more);
    check_says(with_secret(folder, open), "chmod 600");
  }
  check_says(with_secret(folder, folder.write("empty", "")), "8 to 1024 characters");
  check_says(with_secret(folder, folder.write("blank", "   \t \r\n")), "8 to 1024 characters");
  check_says(with_secret(folder, folder.write("short", "7letter\n")), "8 to 1024 characters");
  check_says(with_secret(folder, folder.write("second", "\na good secret\n")),
             "8 to 1024 characters");
  check_says(with_secret(folder, folder.write("long", std::string(1025, 'x') + "\n")),
             "8 to 1024 characters");
  check_says(with_secret(folder, folder.path()), "directory");
  check_says(with_secret(folder, folder.file("missing")), "No such file");
}
