#pragma once

/// A bank in operation: a folder, the server that works in it, the operator at its Unix socket.

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
  /// Starts a server that has a teller's secret, with these options besides.
  explicit Site(std::vector<std::string> options = {}, std::vector<std::string> environment = {});

  /// The operator's connection.
  Client& op() { return *operator_; }
  ServerProcess& server() { return *server_; }
  const Folder& folder() const { return folder_; }

  // ── Who comes in ────────────────────────────────────────────────────────────────────────────

  Client guest() const { return Client::tcp(server_->port()); }
  Client local() const { return Client::local(server_->admin()); }
  Client customer(std::int64_t account, const std::string& pin = the_pin) const;
  Client teller() const;
  /// A new account.
  std::int64_t open(std::int64_t balance = 0, const std::string& pin = the_pin);

  // ── What is seen from outside ───────────────────────────────────────────────────────────────

  std::int64_t balance(std::int64_t account);
  /// A counter of INFO.
  std::int64_t info(const std::string& name);
  /// "committed", "cancelled", "running", "none".
  std::string outcome(std::int64_t account, const std::string& key);
  /// Rows of TXN LIST.
  std::vector<Reply> in_flight();
  /// Waits until a transaction is listed that this is true of; its row.
  Reply await_row(const std::function<bool(const Reply&)>& is_it, const std::string& what);
  /// Waits until one is held at that point; its handle.
  std::string await_held(const std::string& point);
  /// Waits until nothing is in flight; checks nothing.
  void await_quiet();
  /// What is left once nothing is in flight any more (a request frees its buffer and gives up its
  /// handle only after its reply): "requests 0, buffers 0, locks 0" if nothing is.
  std::string left_behind();

  // ── The server's life ───────────────────────────────────────────────────────────────────────

  /// Ends it with SIGTERM; its exit status.
  int stop();
  /// Starts it again after its end, with these options or those it had.
  void start(std::optional<std::vector<std::string>> options = std::nullopt);

 private:
  Folder folder_;
  std::vector<std::string> options_;
  std::vector<std::string> environment_;
  std::optional<ServerProcess> server_;
  std::optional<Client> operator_;
};

}  // namespace rig
