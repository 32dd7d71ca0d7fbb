#pragma once

#include "client/bench/short_reply.hpp"
#include "client/wire/session.hpp"

namespace client::bench {

/// An open session for a caller that waits for many: nothing here blocks, and bytes are copied only
/// if a command or a reply arrives in pieces. Belongs to one thread at a time.
class Channel {
 public:
  /// The session must be open, and no reply outstanding.
  explicit Channel(Session session) : session_(std::move(session)) {}

  /// Sends a command, with one system call. Keeps what the socket does not accept for flush().
  /// Throws ConnectionLost.
  void send(std::string_view command);
  /// Sends what was kept. Throws ConnectionLost.
  void flush();
  bool has_unsent() const { return !unsent_.empty(); }

  /// Reads what has arrived, and calls `handle` with each complete reply. Throws ConnectionLost.
  template <typename Handle>
  void read_replies(Handle handle) {
    std::string_view bytes = read();
    while (const auto reply = bytes.empty() ? std::nullopt : parse_short_reply(bytes)) {
      handle(*reply);
      bytes.remove_prefix(reply->size);
    }
    keep(bytes);
  }

  int descriptor() { return session_.connection().descriptor(); }

 private:
  std::size_t write(std::string_view bytes);
  std::string_view read();
  void keep(std::string_view bytes);

  Session session_;
  std::string unsent_;
  std::string incomplete_;  // the beginning of a reply
};

}  // namespace client::bench
