#include "tests/server/rig/client.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/server/rig/patience.hpp"

namespace rig {
namespace {

constexpr int patience_ms =
    static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(patience).count());

int connected(int family, const sockaddr* address, socklen_t size, int room = 0) {
  const int descriptor = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) throw Disconnected("no socket");
  if (room > 0) ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  if (::connect(descriptor, address, size) != 0) {
    const std::string why = std::strerror(errno);
    ::close(descriptor);
    throw Disconnected("cannot connect: " + why);
  }
  return descriptor;
}

}  // namespace

Client Client::tcp(int port, int room) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int descriptor =
      connected(AF_INET, reinterpret_cast<const sockaddr*>(&address), sizeof address, room);
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return Client(descriptor);
}

Client Client::local(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return Client(connected(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address));
}

Client::Client(Client&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), received_(std::move(other.received_)) {}

Client& Client::operator=(Client&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(received_, other.received_);
  return *this;
}

Client::~Client() {
  close();
}

std::string Client::framed(const std::vector<std::string>& words) {
  std::string bytes = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& text : words) {
    bytes += "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
  }
  return bytes;
}

Reply Client::command(const std::vector<std::string>& words) {
  raw(framed(words));
  return receive();
}

void Client::raw(std::string_view bytes) {
  if (push(bytes, patience_ms) < bytes.size()) throw Disconnected("the server takes nothing");
}

std::size_t Client::push(std::string_view bytes, int patience_for) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t count =
        ::send(descriptor_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) {
      sent += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN) {
      pollfd room{descriptor_, POLLOUT, 0};
      if (::poll(&room, 1, patience_for) <= 0) break;
    } else if (errno != EINTR) {
      throw Disconnected(std::string("cannot send: ") + std::strerror(errno));
    }
  }
  return sent;
}

/// False at the end of the connection.
bool Client::read_some() {
  pollfd readable{descriptor_, POLLIN, 0};
  if (::poll(&readable, 1, patience_ms) == 0) throw std::runtime_error("never: a reply");
  std::array<char, 64 * 1024> bytes;
  const ssize_t count = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
  if (count <= 0) return false;
  received_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

std::optional<Reply> Client::receive_or_end() {
  Reply reply;
  while (!take_reply(received_, reply)) {
    if (!read_some()) return std::nullopt;
  }
  return reply;
}

Reply Client::receive() {
  auto reply = receive_or_end();
  if (!reply) throw Disconnected("the server has closed the connection");
  return std::move(*reply);
}

void Client::await_end() {
  while (read_some()) received_.clear();
}

bool Client::heard() {
  pollfd readable{descriptor_, POLLIN, 0};
  return !received_.empty() || ::poll(&readable, 1, 0) > 0;
}

void Client::half_close() {
  ::shutdown(descriptor_, SHUT_WR);
}

void Client::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

void Client::reset() {
  const linger hard{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  close();
}

}  // namespace rig
