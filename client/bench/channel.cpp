#include "client/bench/channel.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>

namespace client::bench {

namespace {

[[noreturn]] void lost(int error) {
  throw ConnectionLost(std::string("the connection was lost: ") + std::strerror(error));
}

}  // namespace

void Channel::send(std::string_view command) {
  // Behind earlier bytes that wait, so that commands stay in order.
  const std::size_t sent = unsent_.empty() ? write(command) : 0;
  unsent_.append(command.substr(sent));
}

void Channel::flush() {
  unsent_.erase(0, write(unsent_));
}

// Returns how many bytes the socket accepted.
std::size_t Channel::write(std::string_view bytes) {
  const auto count = ::send(descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (count >= 0) return static_cast<std::size_t>(count);
  if (errno != EAGAIN && errno != EINTR) lost(errno);
  return 0;
}

// Returns all bytes that were received and not handled yet. They are valid until the next call, for
// whichever channel.
std::string_view Channel::read() {
  static thread_local std::array<char, 16384> buffer;
  const auto count = recv(descriptor(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return incomplete_;
  if (count < 0) lost(errno);
  if (count == 0) throw ConnectionLost("the server closed the connection");
  const std::string_view received(buffer.data(), static_cast<std::size_t>(count));
  if (incomplete_.empty()) return received;
  incomplete_.append(received);
  return incomplete_;
}

void Channel::keep(std::string_view bytes) {
  // The bytes may be part of what is replaced.
  if (!bytes.empty() || !incomplete_.empty()) incomplete_ = std::string(bytes);
}

}  // namespace client::bench
