#pragma once

/// Who is on a connection.

#include <cstdint>
#include <string>

#include "db/ledger.hpp"

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

}  // namespace bank
