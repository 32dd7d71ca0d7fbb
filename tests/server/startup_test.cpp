// The start of the server: its ready line, its options, and the starts that it refuses.

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/server/refused.hpp"
#include "tests/server/rig/site.hpp"

using rig::Client;
using rig::Folder;
using rig::run_server;
using rig::ServerProcess;
using rig::show;
using rig::Site;

namespace {

/// True if a server accepts a connection there.
bool connects(int family, const std::string& address, int port) {
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) {
    return false;
  }
  const int client = ::socket(family, SOCK_STREAM, 0);
  const bool connected = ::connect(client, found->ai_addr, found->ai_addrlen) == 0;
  ::close(client);
  ::freeaddrinfo(found);
  return connected;
}

std::vector<std::pair<int, std::string>> addresses_of(const std::string& name) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  std::vector<std::pair<int, std::string>> all;
  if (::getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0) return all;
  for (const addrinfo* next = found; next != nullptr; next = next->ai_next) {
    std::array<char, 64> text{};
    ::getnameinfo(next->ai_addr, next->ai_addrlen, text.data(), text.size(), nullptr, 0,
                  NI_NUMERICHOST);
    all.emplace_back(next->ai_family, text.data());
  }
  ::freeaddrinfo(found);
  return all;
}

/// The largest file is the ledger itself.
std::string ledger_of(const Folder& folder) {
  std::string found;
  for (const auto& entry : std::filesystem::directory_iterator(folder.file("data"))) {
    if (!entry.is_regular_file()) continue;
    if (found.empty() || entry.file_size() > std::filesystem::file_size(found)) {
      found = entry.path();
    }
  }
  return found;
}

}  // namespace

TEST_CASE("a wrong option is refused with status 2 and one line") {
  const std::vector<std::vector<std::string>> all = {
      {"--nonsense"},
      {"word"},
      {"--mechanism", "magic"},
      {"--workers-max", "0"},
      {"--workers-max", "many"},
      {"--worker-idle", "-1"},
      {"--drain-timeout", "x"},
      {"--listen", "nowhere"},
      {"--listen", "127.0.0.1:99999"},
      {"--listen", "127.0.0.1:"},
      {"--listen", ":7007"},
      {"--data"},
      {"--teller-secret-file", "/no/such/file"},
      {"--log-level", "loud"},
  };
  for (const auto& options : all) {
    CAPTURE(options[0]);
    check_refused(run_server(options), 2, "");
  }
  check_refused(run_server({}, {"ATM_MECHANISM=magic"}), 2, "magic");
}

TEST_CASE("every option can be set in the environment, and the command line overrides it") {
  const Folder folder;
  const std::string secret = folder.write("secret", "hush hush\n");
  ServerProcess server(
      folder.path(), {"--workers-max", "3"},
      {"ATM_MECHANISM=posix", "ATM_WORKERS_MAX=7", "ATM_TEACHING=1",
       "ATM_SERVER_TELLER_SECRET_FILE=" + secret,
       "ATM_SERVER_ADMIN_SOCKET=" + folder.file("op.sock"), "ATM_DATA=/no/such/place"});
  CHECK(server.admin() == folder.file("op.sock"));
  const std::string info = Client::local(server.admin())("INFO").text;
  CHECK(info.find("mechanism:posix") != info.npos);
  CHECK(info.find("teaching:1") != info.npos);
  CHECK(info.find("workers_max:3") != info.npos);
  CHECK(show(Client::tcp(server.port())("AUTH", "teller", "hush hush")) == "+OK");
}

TEST_CASE("one server owns a data directory") {
  Site site;
  check_refused(run_server(with(site.folder(), {})), 1, "another server is using");
  CHECK(show(site.op()("PING")) == "+PONG");  // its socket is untouched
  CHECK(show(site.local()("PING")) == "+PONG");
}

TEST_CASE("a stale socket file is replaced, and any other file is left alone") {
  Site site;
  site.server().kill9();
  CHECK(std::filesystem::is_socket(site.server().admin()));
  site.start();
  CHECK(show(site.op()("PING")) == "+PONG");
  const Folder other;
  const std::string file = other.write("precious", "text");
  check_refused(run_server(with(other, {"--admin-socket", file})), 1, "is not a socket");
  CHECK(rig::read_file(file) == "text");
  check_refused(run_server(with(other, {"--admin-socket", site.server().admin()})), 1,
                "another server");
  CHECK(show(site.local()("PING")) == "+PONG");
  const std::string deep = other.path() + "/" + std::string(120, 'x');
  check_refused(run_server(with(other, {"--admin-socket", deep})), 1, "too long");
  check_refused(run_server(with(other, {"--admin-socket", "/no/such/folder/a"})), 1,
                "No such file or directory; give another --admin-socket");
}

TEST_CASE("an address beyond loopback needs --insecure-listen") {
  const Folder folder;
  check_refused(run_server({"--data", folder.file("data"), "--listen", "0.0.0.0:0"}), 1,
                "--insecure-listen");
  const ServerProcess server(folder.path(), {"--listen", "0.0.0.0:0", "--insecure-listen"});
  CHECK(show(Client::tcp(server.port())("PING")) == "+PONG");
  CHECK(server.ready_line().starts_with("atm-server ready on 0.0.0.0:"));
}

TEST_CASE("the host * listens on every address of both families, at one port") {
  const Folder folder;
  check_refused(run_server({"--data", folder.file("data"), "--listen", "*:0"}), 1,
                "--insecure-listen");
  const ServerProcess server(folder.path(), {"--listen", "*:0", "--insecure-listen"});
  CHECK(server.ready_line().starts_with("atm-server ready on *:"));
  CHECK(connects(AF_INET, "127.0.0.1", server.port()));
  CHECK(connects(AF_INET6, "::1", server.port()));
}

TEST_CASE("a host's name listens on every address that the name has") {
  const Folder folder;
  const ServerProcess server(folder.path(), {"--listen", "localhost:0"});
  for (const auto& [family, name] : addresses_of("localhost")) {
    const std::string address = name;
    CAPTURE(address);
    CHECK(connects(family, address, server.port()));
  }
}

TEST_CASE("a server leaves another server's socket file at its end") {
  Site first;
  const std::string place = first.server().admin();
  std::filesystem::remove(place);
  const Folder folder;
  const ServerProcess second(folder.path(), {"--admin-socket", place});
  CHECK(first.stop() == 0);
  CHECK(std::filesystem::is_socket(place));
  CHECK(show(Client::local(place)("PING")) == "+PONG");
}

TEST_CASE("a server removes its socket file although the data directory was renamed") {
  Site site;
  const std::string before = site.folder().file("data");
  const std::string after = site.folder().file("renamed");
  std::filesystem::rename(before, after);
  std::filesystem::create_directory(before);
  const std::string innocent = before + "/admin.sock";
  std::ofstream(innocent) << "another file";
  CHECK(site.stop() == 0);
  CHECK(!std::filesystem::exists(after + "/admin.sock"));
  CHECK(std::filesystem::exists(innocent));
}

TEST_CASE("a port in use and an unknown host are refused") {
  Site site;
  const Folder folder;
  const std::string port = std::to_string(site.server().port());
  check_refused(run_server({"--data", folder.file("data"), "--listen", "127.0.0.1:" + port}), 1,
                "cannot listen");
  check_refused(run_server({"--data", folder.file("data"), "--listen", "no.such.host.invalid:1"}),
                1, "cannot listen");
}

TEST_CASE("a data directory that cannot be written is refused") {
  const Folder folder;
  folder.write("file", "");
  check_refused(run_server({"--data", folder.file("file"), "--listen", "127.0.0.1:0"}), 1, "file");
  check_refused(run_server({"--data", folder.file("file/below"), "--listen", "127.0.0.1:0"}), 1,
                "file/below");
  check_refused(run_server({"--data", "/proc/atm", "--listen", "127.0.0.1:0"}), 1, "/proc/atm");
}

TEST_CASE("a newer ledger, a damaged one and a file that is not a ledger are refused") {
  Site site;
  site.open(5);
  CHECK(site.stop() == 0);
  const std::string ledger = ledger_of(site.folder());
  const std::string sound = rig::read_file(ledger);
  std::string newer = sound;
  newer[63] = 99;  // the last byte of SQLite's user_version
  std::ofstream(ledger, std::ios::binary) << newer;
  check_refused(run_server(with(site.folder(), {})), 1, "newer");
  std::ofstream(ledger, std::ios::binary) << std::string(8192, 'x');
  check_refused(run_server(with(site.folder(), {})), 1, "cannot open the ledger");
  std::ofstream(ledger, std::ios::binary) << sound.substr(0, sound.size() / 2);
  CHECK(run_server(with(site.folder(), {})).status == 1);
  std::ofstream(ledger, std::ios::binary) << sound;
  site.start();
  CHECK(site.op()("AUDIT")["violations"].number == 0);
  CHECK(site.balance(1) == 5);
}

TEST_CASE("a server that starts without standard streams writes nothing into its ledger's files") {
  const Folder folder;
  {
    const ServerProcess server(folder.path(), {}, {rig::no_streams});
    const std::string streams = "/proc/" + std::to_string(server.pid()) + "/fd/";
    CHECK(std::filesystem::read_symlink(streams + "0") == "/dev/null");
    CHECK(std::filesystem::read_symlink(streams + "2") == "/dev/null");
  }
  for (const auto& file : std::filesystem::directory_iterator(folder.file("data"))) {
    if (!file.is_regular_file()) continue;
    CAPTURE(file.path().string());
    CHECK(rig::read_file(file.path()).find("event=start") == std::string::npos);
  }
}
