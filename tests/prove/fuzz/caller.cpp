#include "tests/prove/fuzz/caller.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <utility>

#include <netinet/in.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/prove/fuzz/require.hpp"
#include "tests/server/rig/reply.hpp"

namespace fuzz {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto patience = std::chrono::seconds(15);

template <typename Address>
int connected(const Address& address) {
  const int made = ::socket(reinterpret_cast<const sockaddr*>(&address)->sa_family,
                            SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return made;
  }
  ::close(made);
  throw std::runtime_error("cannot connect");
}

int connected_to(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connected(address);
}

int connected_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return connected(address);
}

bool mentions_hello(std::string_view bytes) {
  constexpr std::string_view hello = "hello";
  for (std::size_t i = 0; i + hello.size() <= bytes.size(); ++i) {
    if (strncasecmp(bytes.data() + i, hello.data(), hello.size()) == 0) return true;
  }
  return false;
}

/// Encodes a reply as the server must. (Null has two forms.)
void write(const rig::Reply& reply, std::string_view null, std::string& out) {
  out += reply.type == '_' ? null : std::string_view(&reply.type, 1);
  switch (reply.type) {
    case '_':
      return;
    case ':':
      out += std::to_string(reply.number) + "\r\n";
      return;
    case '$':
      out += std::to_string(reply.text.size()) + "\r\n" + reply.text + "\r\n";
      return;
    case '*':
    case '%':
      out += std::to_string(reply.elements.size() / (reply.type == '%' ? 2 : 1)) + "\r\n";
      for (const rig::Reply& each : reply.elements) write(each, null, out);
      return;
    default:
      out += reply.text + "\r\n";
  }
}

}  // namespace

Caller::Caller(int port) : socket_(connected_to(port)) {}

Caller::Caller(const std::string& operators_socket)
    : socket_(connected_to(operators_socket)), counted_(true) {}

Caller::~Caller() {
  ::close(socket_);
}

void Caller::log_in(const std::string& user, const std::string& secret) {
  counted_ = true;
  say("AUTH " + user + " " + secret + "\r\n");
  const auto until = steady_clock::now() + patience;
  while (!satisfied()) {
    require(steady_clock::now() < until, "a login is answered");
    listen(milliseconds(100));
  }
  if (latest_ != "+OK\r\n") throw std::runtime_error("the server is shutting down");
}

void Caller::count(std::string_view bytes) {
  using namespace wire::resp;
  may_be_version_3_ = may_be_version_3_ || mentions_hello(bytes);
  if (!counted_) return;
  sent_.feed(bytes);
  for (Frame frame = sent_.next(); !std::holds_alternative<NeedMore>(frame); frame = sent_.next()) {
    ++due_;
    if (std::holds_alternative<ProtocolError>(frame)) return;
  }
}

void Caller::say(std::string_view bytes) {
  if (ended_) return;
  const auto until = steady_clock::now() + milliseconds(50);
  while (!bytes.empty() && steady_clock::now() < until) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return listen(milliseconds(0));
    if (sent <= 0) {
      listen(milliseconds(1));
      continue;
    }
    count(bytes.substr(0, static_cast<std::size_t>(sent)));
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void Caller::listen(milliseconds most) {
  pollfd ready{socket_, POLLIN, 0};
  if (ended_ || ::poll(&ready, 1, static_cast<int>(most.count())) <= 0) return;
  std::array<char, 16 * 1024> bytes;
  const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) {
    ended_ = true;
    return;
  }
  heard_.append(bytes.data(), static_cast<std::size_t>(count));
  take_replies();
}

void Caller::take_replies() {
  try {
    for (;;) {
      const std::string before = heard_;
      rig::Reply reply;
      if (!rig::take_reply(heard_, reply)) return;
      latest_ = before.substr(0, before.size() - heard_.size());
      std::string version_2;
      std::string version_3;
      write(reply, "$-1\r\n", version_2);
      write(reply, "_\r\n", version_3);
      require(latest_ == version_2 || (may_be_version_3_ && latest_ == version_3),
              "a reply is encoded as RESP requires");
      require(may_be_version_3_ || reply.type != '%', "a client of RESP 2 receives no maps");
      ++replies_;
      require(!counted_ || replies_ <= due_,
              "a client receives no more replies than it sent requests");
    }
  } catch (const std::exception& error) {
    fail(std::string("every reply is RESP: ") + error.what());
  }
}

void Caller::end_side() {
  counted_ = false;  // requests behind the one in flight are dropped
  ::shutdown(socket_, SHUT_WR);
}

void Caller::finish() {
  end_side();
  const auto until = steady_clock::now() + patience;
  while (!ended_) {
    require(steady_clock::now() < until, "the server ends the connection of a half-closing client");
    listen(milliseconds(100));
  }
  require(heard_.empty(), "the last reply is complete");
}

void Caller::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(std::exchange(socket_, -1));
  ended_ = true;
}

}  // namespace fuzz
