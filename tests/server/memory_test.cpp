// Clients can make the server keep a bounded amount of memory only; without memory it ends.

#include <fstream>
#include <utility>

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/server/rig/patience.hpp"
#include "tests/server/rig/site.hpp"

using rig::Client;
using rig::show;
using rig::Site;

namespace {

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

struct Memory {
  std::size_t mapped;
  std::size_t resident;
};

Memory memory_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
  Memory pages{};
  file >> pages.mapped >> pages.resident;
  const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return {pages.mapped * size, pages.resident * size};
}

/// Asks for much and reads nothing, until the server takes no more.
void ask_and_do_not_read(Client& client, const std::string& questions) {
  try {
    client.push(questions, 300);
  } catch (const rig::Disconnected&) {
    FAIL("the server dropped a client that only pauses");
  }
}

/// Waits until the server executes no command but INFO.
void await_pause(Site& site) {
  std::int64_t before = -1;
  rig::wait_until(
      [&] {
        const std::int64_t now = site.info("total_commands_processed");
        return std::exchange(before, now) == now - 1;
      },
      "the server to pause");
}

std::string repeated(const std::string& text, std::size_t size) {
  std::string all;
  while (all.size() < size) all += text;
  return all;
}

}  // namespace

TEST_CASE("a client that does not read its replies costs the server less than 1 MiB") {
  if (rig::sanitized) return;  // a sanitizer keeps what was freed
  Site site({"--write-timeout", "0"});
  constexpr std::size_t clients = 24;
  const std::string questions = repeated("COMMAND DOCS\r\n", 16 * mib);
  std::vector<Client> deaf;
  for (std::size_t i = 0; i < clients; ++i) deaf.push_back(Client::tcp(site.server().port(), 4096));
  for (Client& client : deaf) CHECK(show(client("PING")) == "+PONG");
  const std::size_t before = memory_of(site.server().pid()).resident;
  for (Client& client : deaf) ask_and_do_not_read(client, questions);
  await_pause(site);
  CHECK_MESSAGE(site.info("connected_clients") == clients + 1,
                "the server dropped a client that only pauses");
  const std::size_t after = memory_of(site.server().pid()).resident;
  const std::size_t each = (after - std::min(before, after)) / clients;
  CHECK_MESSAGE(each < mib, "each client that does not read costs " << each / kib << " KiB");
}

TEST_CASE("a client that sends ahead of a held request costs the server less than 1 MiB") {
  if (rig::sanitized) return;
  Site site({"--teaching"});
  constexpr std::size_t clients = 24;
  const auto account = site.open(5);
  site.op()("HOLD", "ADD", "unlocked");  // no cancel can win there, so no client is dropped
  const std::string deposits = repeated("DEPOSIT " + std::to_string(account) + " 1\r\n", 16 * mib);
  std::vector<Client> eager;
  for (std::size_t i = 0; i < clients; ++i) eager.push_back(site.customer(account));
  const std::size_t before = memory_of(site.server().pid()).resident;
  for (Client& client : eager) ask_and_do_not_read(client, deposits);
  rig::wait_until([&] { return site.in_flight().size() == clients; }, "a held deposit of each");
  const std::size_t after = memory_of(site.server().pid()).resident;
  const std::size_t each = (after - std::min(before, after)) / clients;
  CHECK_MESSAGE(each < mib, "each client that sends ahead costs " << each / kib << " KiB");
}

TEST_CASE("a server out of memory ends with one line in its log, and a restart has every deposit") {
  if (rig::sanitized) return;  // a sanitizer has its own allocator
  Site site;
  const auto account = site.open();
  Client customer = site.customer(account);
  for (int i = 1; i <= 5; ++i) {
    CHECK(show(customer("DEPOSIT", account, 1, "KEY", "k" + std::to_string(i))) ==
          ":" + std::to_string(i));
  }
  const rlim_t enough = memory_of(site.server().pid()).mapped;
  const rlimit limit{enough, enough};
  REQUIRE(prlimit(site.server().pid(), RLIMIT_AS, &limit, nullptr) == 0);
  const std::string echoes = repeated("ECHO " + std::string(8000, 'x') + "\r\n", mib);
  std::vector<Client> crowd;
  bool ends = false;
  for (int i = 0; i < 900 && !ends; ++i) {
    try {
      crowd.push_back(site.local());
      crowd.back().push(echoes, 10);
    } catch (const rig::Disconnected&) {
      ends = true;
    }
  }
  REQUIRE_MESSAGE(ends, "the server lives on, although it cannot allocate");
  CHECK(site.server().wait_exit() == 1);
  const std::string log = site.server().log();
  const std::size_t line = log.find(" critical event=out_of_memory");
  REQUIRE_MESSAGE(line != log.npos, "no line about it in the log:\n" << log);
  CHECK_MESSAGE(log.find('\n', line) == log.size() - 1, "the last line is another:\n" << log);
  site.start();
  CHECK(site.balance(account) == 5);
  CHECK(show(site.op()("DEPOSIT", account, 1, "KEY", "k5")) == ":5");
  CHECK(site.op()("AUDIT")["violations"].number == 0);
}
