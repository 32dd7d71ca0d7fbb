#pragma once

/// A client that sends any bytes, and is strict about what comes back.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "server/wire/resp/framer.hpp"

namespace fuzz {

class Caller {
 public:
  /// Over TCP, or the operator's socket. Throws std::runtime_error if nobody listens.
  explicit Caller(int port);
  explicit Caller(const std::string& operators_socket);
  ~Caller();
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  /// Logs in. From now on it is known how many answers are due. Throws std::runtime_error if the
  /// server goes away.
  void log_in(const std::string& user, const std::string& secret);

  /// Sends as much of it as the server takes; what it says meanwhile is read.
  void say(std::string_view bytes);
  /// Reads what has come; waits for `most` if nothing has. Fails if it is no RESP.
  void listen(std::chrono::milliseconds most);
  /// The latest reply as it was written.
  const std::string& latest() const { return latest_; }
  /// Everything that was asked has been answered, or nobody is there to answer any more. Not known
  /// of a guest: always so.
  bool satisfied() const { return ended_ || !counted_ || replies_ >= due_; }
  bool ended() const { return ended_; }

  /// Says that nothing more will come.
  void end_side();
  /// The same, and reads to the end.
  void finish();
  /// Goes away without a word.
  void reset();

 private:
  void count(std::string_view bytes);
  void take_replies();

  int socket_ = -1;
  bool counted_ = false;
  bool ended_ = false;
  bool may_be_version_3_ = false;
  server::resp::Framer sent_;  // what the server should make of it
  std::size_t due_ = 0;
  std::size_t replies_ = 0;
  std::string heard_;
  std::string latest_;
};

}  // namespace fuzz
