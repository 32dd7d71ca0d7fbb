// The standard output of the server: its ready line, and the texts of --help and --version.

#include <csignal>

#include <doctest/doctest.h>

#include "tests/server/refused.hpp"
#include "tests/server/rig/site.hpp"

using rig::Client;
using rig::Finished;
using rig::Folder;
using rig::run_server;
using rig::ServerProcess;
using rig::show;

TEST_CASE("the ready line names the port and the operator's socket") {
  const Folder folder;
  const ServerProcess server(folder.path());
  CHECK(server.ready_line() == "atm-server ready on 127.0.0.1:" + std::to_string(server.port()) +
                                   ", admin " + folder.file("data/admin.sock"));
}

TEST_CASE("--help names every option and variable, and --version the version") {
  const Finished help = run_server({"--help"});
  CHECK(help.status == 0);
  for (const char* option : {"--data",
                             "--listen",
                             "--admin-socket",
                             "--mechanism",
                             "--workers-max",
                             "--worker-idle",
                             "--request-timeout",
                             "--drain-timeout",
                             "--teller-secret-file",
                             "--insecure-listen",
                             "--teaching",
                             "ATM_DATA",
                             "ATM_LISTEN",
                             "ATM_SERVER_ADMIN_SOCKET",
                             "ATM_MECHANISM",
                             "ATM_WORKERS_MAX",
                             "ATM_WORKER_IDLE",
                             "ATM_REQUEST_TIMEOUT",
                             "ATM_DRAIN_TIMEOUT",
                             "ATM_SERVER_TELLER_SECRET_FILE",
                             "ATM_INSECURE_LISTEN",
                             "ATM_TEACHING"}) {
    CAPTURE(option);
    CHECK(help.out.find(option) != help.out.npos);
  }
  const Finished version = run_server({"--version"});
  CHECK(version.status == 0);
  CHECK(version.out.starts_with("atm-server 1."));
}

TEST_CASE("--help and --version come before any wrong option or variable") {
  for (const std::vector<std::string>& options : std::vector<std::vector<std::string>>{
           {"--help"},
           {"--version"},
           {"--listen", "nowhere", "--help"},
           {"--help", "--mechanism", "magic"},
           {"--teller-secret-file", "/no/such/file", "--version"}}) {
    const std::string last = options.back();
    CAPTURE(last);
    const Finished run = run_server(options, {"ATM_LISTEN=nowhere", "ATM_WORKERS_MAX=0"});
    CHECK(run.status == 0);
    CHECK(!run.out.empty());
    CHECK(run.err.empty());
  }
}

TEST_CASE("--help and --version fail if their text cannot be written") {
  for (const std::string option : {"--help", "--version"}) {
    CAPTURE(option);
    for (const std::string output : {rig::full_output, rig::closed_output}) {
      CAPTURE(output);
      check_refused(run_server({option}, {output}), 1, "cannot write standard output: ");
    }
    // As every program whose output is not read.
    CHECK(run_server({option}, {rig::broken_output}).status == -SIGPIPE);
  }
}

TEST_CASE("a ready line that cannot be written is one error in the log, and the server serves") {
  for (const std::string output : {rig::full_output, rig::closed_output, rig::broken_output}) {
    CAPTURE(output);
    const Folder folder;
    ServerProcess server(folder.path(), {}, {output});
    CHECK(show(Client::local(server.admin())("CREATE", "1234")) == ":1");
    const std::string log = server.log();
    const std::size_t line =
        log.find("error event=not_announced why=\"cannot write standard output");
    CHECK_MESSAGE(line != log.npos, log);
    CHECK(log.find("event=not_announced", line + 40) == log.npos);
    server.signal(SIGTERM);
    CHECK(server.wait_exit() == 0);
  }
}
