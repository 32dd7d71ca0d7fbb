#include "client/wire/dial.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace client {

namespace {

constexpr auto connect_limit = std::chrono::seconds(10);

Descriptor open_socket(int family) {
  return Descriptor(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

void set_option(int socket, int level, int name, int value) {
  // The connection works without it.
  setsockopt(socket, level, name, &value, sizeof value);
}

void tune(int socket) {
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, 10);
  set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, 5);
  set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, 3);
  set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, 25'000);
}

// Returns 0 or an error number.
int connect_within(int socket, const sockaddr* address, socklen_t size, Until until,
                   Interrupt* interrupt) {
  if (connect(socket, address, size) == 0) return 0;
  if (errno != EINPROGRESS && errno != EINTR) return errno;
  if (wait_for(socket, POLLOUT, until, interrupt) == Ready::timed_out) return ETIMEDOUT;
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length);
  return error;
}

[[noreturn]] void fail(const Endpoint& endpoint, const std::string& reason, bool is_lasting) {
  const char* advice = endpoint.path.empty() ? "; is atm-server running there? (--server)"
                                             : "; is atm-server running? (--admin-socket)";
  throw CannotConnect("cannot connect to " + endpoint.name() + ": " + reason + advice, is_lasting);
}

[[noreturn]] void fail(const Endpoint& endpoint, int error) {
  constexpr std::array lasting{EACCES, EPERM, ENOTDIR, ELOOP, ENAMETOOLONG, EAFNOSUPPORT};
  fail(endpoint, std::strerror(error),
       std::find(lasting.begin(), lasting.end(), error) != lasting.end());
}

Descriptor dial_unix(const Endpoint& endpoint, Until until, Interrupt* interrupt) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (endpoint.path.size() >= sizeof address.sun_path) fail(endpoint, ENAMETOOLONG);
  std::memcpy(address.sun_path, endpoint.path.data(), endpoint.path.size());
  for (;;) {
    Descriptor socket = open_socket(AF_UNIX);
    int error = socket.number() < 0 ? errno : 0;
    if (error == 0) {
      error = connect_within(socket.number(), reinterpret_cast<const sockaddr*>(&address),
                             sizeof address, until, interrupt);
    }
    if (error == 0) return socket;
    if (error != EAGAIN || (until && Clock::now() >= *until)) fail(endpoint, error);
    // The backlog of the Unix socket is full; unlike for TCP, the kernel does not wait.
    wait_for(-1, 0, Clock::now() + std::chrono::milliseconds(20), interrupt);
  }
}

}  // namespace

Descriptor dial(const Endpoint& endpoint, Until until, Interrupt* interrupt,
                const Resolver& resolver) {
  if (!endpoint.path.empty()) {
    return dial_unix(endpoint, earlier(until, Clock::now() + connect_limit), interrupt);
  }
  const auto found = look_up(endpoint, until, interrupt, resolver);
  if (!found) fail(endpoint, "the look-up of its name did not end in time", false);
  if (found->failure != 0) {
    fail(endpoint, gai_strerror(found->failure), found->failure != EAI_AGAIN);
  }
  const Until limit = earlier(until, Clock::now() + connect_limit);
  int error = EADDRNOTAVAIL;
  for (const addrinfo* entry = found->addresses.get(); entry != nullptr; entry = entry->ai_next) {
    Descriptor socket = open_socket(entry->ai_family);
    if (socket.number() < 0) {
      error = errno;
      continue;
    }
    tune(socket.number());
    error = connect_within(socket.number(), entry->ai_addr, entry->ai_addrlen, limit, interrupt);
    if (error == 0) return socket;
  }
  fail(endpoint, error);
}

}  // namespace client
