#pragma once

/// Who is on a connection.

#include <cstdint>
#include <map>
#include <string>

#include "db/ledger.hpp"
#include "server/seam/seam.hpp"

namespace bank {

enum class Role : std::uint8_t { nobody, customer, teller, operator_ };

/// Belongs to one connection. Changed only by a request of that connection, which has one in flight
/// at a time; so no lock is needed.
struct Session {
  Role role = Role::nobody;
  ledger::AccountId account = 0;  // a customer's
  std::int64_t pin_version = 0;   // a customer's, as it was at login

  bool may_touch(ledger::AccountId id) const {
    return role == Role::teller || role == Role::operator_ ||
           (role == Role::customer && account == id);
  }
  /// The PIN was changed since login, by another session: this one is good for nothing more.
  bool outdated(const ledger::Account& now) const {
    return role == Role::customer && account == now.id && pin_version != now.pin_version;
  }
  /// "42", "teller", "operator"; empty for nobody.
  std::string user() const {
    switch (role) {
      case Role::nobody:
        return {};
      case Role::customer:
        return std::to_string(account);
      case Role::teller:
        return "teller";
      case Role::operator_:
        return "operator";
    }
    return {};
  }
};

/// The PINs that have been changed in this run of the server, so that an outdated session is known
/// as one without a look at the ledger. Any thread.
class PinVersions {
 public:
  using Newest = seam::Atomic<std::int64_t>;
  /// Where the version of the account's PIN is to be noted once a change of it is durable, before
  /// anybody is told. Taken beforehand, since it needs memory; good for as long as this is.
  Newest& of(ledger::AccountId account) {
    const seam::Lock lock(mutex_);
    return newest_[account];
  }
  /// The PIN has been changed since the session's login, by another session.
  bool is_outdated(const Session& session) const {
    if (session.role != Role::customer) return false;
    const Newest* const newest = find(session.account);
    return newest != nullptr && newest->load() > session.pin_version;
  }

 private:
  const Newest* find(ledger::AccountId account) const {
    const seam::Lock lock(mutex_);
    const auto found = newest_.find(account);
    return found == newest_.end() ? nullptr : &found->second;
  }

  mutable seam::Mutex mutex_;
  std::map<ledger::AccountId, Newest> newest_ GUARDED_BY(mutex_);
};

}  // namespace bank
