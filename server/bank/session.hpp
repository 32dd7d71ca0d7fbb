#pragma once

/// The user of a connection.

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

#include "db/ledger.hpp"
#include "server/seam/seam.hpp"

namespace bank {

enum class Role : std::uint8_t { nobody, customer, teller, operator_ };

/// Belongs to one connection. Only a request of that connection changes it, on whichever thread
/// completes the request, before the reply. A connection has one request in flight at a time, so
/// the session needs no lock.
struct Session {
  Role role = Role::nobody;
  ledger::AccountId account = 0;  // of a customer
  std::int64_t pin_version = 0;   // of a customer, at login

  bool may_touch(ledger::AccountId id) const {
    return role == Role::teller || role == Role::operator_ ||
           (role == Role::customer && account == id);
  }
  /// Whether the PIN has changed since login; then this session may do nothing more.
  bool is_outdated(const ledger::Account& now) const {
    return role == Role::customer && account == now.id && pin_version != now.pin_version;
  }
  /// Returns "42", "teller" or "operator"; an empty text before login.
  std::string user() const {
    switch (role) {
      case Role::customer:
        return std::to_string(account);
      case Role::teller:
        return "teller";
      case Role::operator_:
        return "operator";
      default:
        return "";
    }
  }
};

/// The PINs changed since the server started, so that an outdated session is refused without a read
/// of the ledger. At most one entry for each account. Any thread.
class PinVersions {
 public:
  /// Records a durable change of the account's PIN, before it is acknowledged. Two changes may be
  /// recorded in either order; the higher version stays.
  void set(ledger::AccountId account, std::int64_t version) {
    const seam::Lock lock(mutex_);
    std::int64_t& newest = versions_[account];
    newest = std::max(newest, version);
  }
  bool is_outdated(const Session& session) const {
    if (session.role != Role::customer) return false;
    const seam::Lock lock(mutex_);
    const auto found = versions_.find(session.account);
    return found != versions_.end() && found->second > session.pin_version;
  }

 private:
  mutable seam::Mutex mutex_;
  std::map<ledger::AccountId, std::int64_t> versions_ GUARDED_BY(mutex_);
};

}  // namespace bank
