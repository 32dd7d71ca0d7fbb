#pragma once

/// A running bank: a folder, a server with its data there, and the operator's connection.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/server/rig/client.hpp"
#include "tests/server/rig/folder.hpp"
#include "tests/server/rig/server_process.hpp"

namespace rig {

inline constexpr const char* the_pin = "1234";
inline constexpr const char* teller_secret = "open sesame";

class Site {
 public:
  /// Starts a server with the tellers' secret and these options.
  explicit Site(std::vector<std::string> options = {}, std::vector<std::string> environment = {});

  /// The operator's connection.
  Client& op() { return *operator_; }
  ServerProcess& server() { return *server_; }
  const Folder& folder() const { return folder_; }
  /// The server's log so far.
  std::string log() const { return server_->log(); }

  // ── Clients ────────────────────────────────────────────────────────────────────────────────

  Client guest() const { return Client::tcp(server_->port()); }
  Client local() const { return Client::local(server_->admin()); }
  Client customer(std::int64_t account, const std::string& pin = the_pin) const;
  Client teller() const;
  /// Creates an account.
  std::int64_t open(std::int64_t balance = 0, const std::string& pin = the_pin);

  // ── The state as clients see it ────────────────────────────────────────────────────────────

  std::int64_t balance(std::int64_t account);
  /// A counter of INFO.
  std::int64_t info(const std::string& name);
  /// "committed", "cancelled", "running", "none".
  std::string outcome(std::int64_t account, const std::string& key);
  /// Rows of TXN LIST.
  std::vector<Reply> in_flight();
  /// Waits until TXN LIST has such a row. Returns it.
  Reply await_row(const std::function<bool(const Reply&)>& is_it, const std::string& what);
  /// Waits until a transaction is held at that point. Returns its handle.
  std::string await_held(const std::string& point);
  /// Waits until nothing is in flight.
  void await_quiet();
  /// Waits until nothing is in flight (a request frees its buffer and its handle after its reply),
  /// and counts the rest: "requests 0, buffers 0, locks 0" if nothing is left.
  std::string left_behind();

  // ── Start and stop ─────────────────────────────────────────────────────────────────────────

  /// Ends the server with SIGTERM. Returns its exit status.
  int stop();
  /// Starts the server again, with these options or the former ones.
  void start(std::optional<std::vector<std::string>> options = std::nullopt);

 private:
  Folder folder_;
  std::vector<std::string> options_;
  std::vector<std::string> environment_;
  std::optional<ServerProcess> server_;
  std::optional<Client> operator_;
};

}  // namespace rig
