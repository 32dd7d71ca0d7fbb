// The place where a server starts: its data directory, and the number of files it may open.

#include <filesystem>

#include <doctest/doctest.h>

#include "tests/server/refused.hpp"
#include "tests/server/rig/site.hpp"

using rig::Client;
using rig::Finished;
using rig::Folder;
using rig::run_server;
using rig::ServerProcess;
using rig::show;
using rig::Site;

TEST_CASE("a server with too few descriptors refuses to start and names the number it needs") {
  const Folder folder;
  int least = 0;
  for (const int most : {12, 24, 40, 64}) {
    CAPTURE(most);
    const Finished run = run_server(with(folder, {}), {rig::descriptors(most)});
    check_refused(run, 1, "only " + std::to_string(most) + " files may be open");
    CHECK_MESSAGE(!std::filesystem::exists(folder.file("data")), "it has touched the ledger");
    least = std::stoi(run.err.substr(run.err.find("needs ") + 6));
  }
  check_refused(run_server(with(folder, {}), {rig::descriptors(least - 1)}), 1, "needs ");
  Site site({}, {rig::descriptors(least)});
  const auto account = site.open(5);
  Client customer = site.customer(account);
  std::vector<Client> crowd;
  for (int i = 0; i < 100; ++i) crowd.push_back(site.guest());
  CHECK_MESSAGE(crowd[0].receive().code() == "BUSY", "a client too many is not refused");
  for (int i = 6; i < 12; ++i) {
    CHECK(show(customer("DEPOSIT", account, 1)) == ":" + std::to_string(i));
    CHECK(customer("HISTORY", account).type == '*');
  }
  CHECK(site.local()("AUDIT")["violations"].number == 0);
  CHECK(site.log().find("event=accept_failed") == std::string::npos);
}

TEST_CASE("a data directory that other users may write to is warned of once") {
  using std::filesystem::perms;
  for (const perms more : {perms::none, perms::group_write, perms::others_write}) {
    const Folder folder;
    std::filesystem::create_directory(folder.file("data"));
    std::filesystem::permissions(folder.file("data"), perms::owner_all | more);
    const ServerProcess server(folder.path());
    const std::string log = server.log();
    const std::size_t line = log.find("warning event=data_exposed ledger=" + folder.file("data"));
    CHECK_MESSAGE((line != log.npos) == (more != perms::none), log);
    CHECK(log.find("event=data_exposed", log.find("event=data_exposed") + 1) == log.npos);
  }
}

TEST_CASE("--data that is a file is refused, and says what to do") {
  const Folder folder;
  const std::string file = folder.write("precious", "text");
  check_refused(run_server({"--data", file, "--listen", "127.0.0.1:0"}), 1,
                "it is not a directory; choose another directory with --data");
}
