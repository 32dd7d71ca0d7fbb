#pragma once

/// A client that sends arbitrary bytes and checks the replies strictly.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "server/wire/resp/framer.hpp"

namespace fuzz {

class Caller {
 public:
  /// Connects over TCP or to the operator's socket. Throws std::runtime_error if that fails.
  explicit Caller(int port);
  explicit Caller(const std::string& operators_socket);
  ~Caller();
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  /// Logs in. From then on the number of replies that are due is known. Throws std::runtime_error
  /// if the server ends the connection.
  void log_in(const std::string& user, const std::string& secret);

  /// Sends as much of it as the server accepts, and reads replies meanwhile.
  void say(std::string_view bytes);
  /// Reads what has arrived; waits at most `most` if nothing has. Fails if it is not RESP.
  void listen(std::chrono::milliseconds most);
  /// The bytes of the latest reply.
  const std::string& latest() const { return latest_; }
  /// Returns whether every request has been answered or the connection has ended. Always true of a
  /// guest, whose requests are not counted.
  bool satisfied() const { return ended_ || !counted_ || replies_ >= due_; }
  bool ended() const { return ended_; }

  /// Shuts down the sending side.
  void end_side();
  /// Shuts down the sending side and reads until the server ends the connection.
  void finish();
  /// Resets the connection.
  void reset();

 private:
  void count(std::string_view bytes);
  void take_replies();

  int socket_ = -1;
  bool counted_ = false;
  bool ended_ = false;
  bool may_be_version_3_ = false;
  wire::resp::Framer sent_;  // frames the sent bytes as the server should
  std::size_t due_ = 0;
  std::size_t replies_ = 0;
  std::string heard_;
  std::string latest_;
};

}  // namespace fuzz
