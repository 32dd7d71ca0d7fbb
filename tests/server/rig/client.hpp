#pragma once

/// A simple client on a real socket. Its calls block.

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/server/rig/reply.hpp"

namespace rig {

/// The connection has ended, or was refused.
struct Disconnected : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline std::string word(std::string_view text) {
  return std::string(text);
}
inline std::string word(std::int64_t number) {
  return std::to_string(number);
}
inline std::string word(int number) {
  return std::to_string(number);
}

/// Belongs to one thread at a time.
class Client {
 public:
  /// Both throw Disconnected. `room` limits the bytes that the client's system keeps unread.
  static Client tcp(int port, int room = 0);
  static Client local(const std::string& path);
  Client(Client&& other) noexcept;
  Client& operator=(Client&& other) noexcept;
  ~Client();

  /// Sends a command and waits for its reply: client("DEPOSIT", 42, 100). Throws Disconnected.
  template <typename... Words>
  Reply operator()(const Words&... words) {
    return command({word(words)...});
  }
  Reply command(const std::vector<std::string>& words);
  /// Only sends; throws Disconnected.
  template <typename... Words>
  void send(const Words&... words) {
    raw(framed({word(words)...}));
  }
  void raw(std::string_view bytes);
  /// As raw(), but gives up once the server takes nothing for `patience_ms`. Returns how many bytes
  /// were taken.
  std::size_t push(std::string_view bytes, int patience_ms);
  /// The next reply. Throws Disconnected.
  Reply receive();
  /// The next reply; std::nullopt if the server closes the connection before it is whole.
  std::optional<Reply> receive_or_end();
  /// Waits until the server closes. Replies before that are dropped.
  void await_end();
  /// True if a reply has arrived, whole or in part.
  bool heard();

  /// Closes the sending side.
  void half_close();
  /// Ends the connection: close() in order, reset() with a TCP reset.
  void close();
  void reset();

  static std::string framed(const std::vector<std::string>& words);

 private:
  explicit Client(int descriptor) : descriptor_(descriptor) {}
  bool read_some();

  int descriptor_ = -1;
  std::string received_;
};

}  // namespace rig
