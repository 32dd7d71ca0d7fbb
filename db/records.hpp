#pragma once

/// The values that a ledger stores and returns. Money is in cents. Times are microseconds since
/// 1970-01-01 UTC.

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledger {

using AccountId = std::int64_t;
using TransferId = std::int64_t;
using Cents = std::int64_t;
using Time = std::int64_t;

/// The account that deposits come from and withdrawals go to. Its balance is not stored.
inline constexpr AccountId vault = 0;
/// The largest number that an account can get. The number after it names no account.
inline constexpr AccountId largest_account = std::numeric_limits<AccountId>::max() - 1;
inline constexpr Cents largest_amount = 1'000'000'000'000'000;
inline constexpr Cents largest_balance = 1'000'000'000'000'000'000;

/// The reason why money moved. The numbers are stored in the file: never change one.
enum class Kind : std::uint8_t {
  none = 0,
  create = 1,
  deposit = 2,
  withdraw = 3,
  transfer = 4,
  reverse = 5,
};
/// Returns "create", "deposit", …; an empty text for none and for a number that is no kind.
constexpr std::string_view name(Kind kind) {
  constexpr auto names =
      std::to_array<std::string_view>({"", "create", "deposit", "withdraw", "transfer", "reverse"});
  const auto number = static_cast<std::size_t>(kind);
  return number < names.size() ? names[number] : "";
}

struct Account {
  AccountId id = 0;
  Cents balance = 0;
  bool frozen = false;
  std::int64_t pin_version = 1;  // grows by one with every change of the PIN
};

struct Transfer {
  TransferId id = 0;
  Kind kind = Kind::none;
  AccountId debit = 0;
  AccountId credit = 0;
  Cents amount = 0;
  Cents debit_balance = 0;   // of the debit account after the transfer; 0 for the vault
  Cents credit_balance = 0;  // of the credit account after the transfer; 0 for the vault
  std::string key;           // the idempotency key it was made under; empty if none
  TransferId reverses = 0;   // the transfer that it reverses; 0 if none
  Time time = 0;
  TransferId reversed_by = 0;  // the transfer that reverses it; 0 if none. Read, never written
};

/// The request that a key is claimed for. A repeat is the same request if all fields are equal.
struct Claim {
  AccountId account = 0;  // the account of the key: `from` of a transfer, 0 of a create
  std::string key;        // 1–64 characters
  Kind kind = Kind::none;
  AccountId other = 0;  // `to` of a transfer, otherwise 0
  Cents amount = 0;     // of a create: the opening balance
};

/// The only row that a key ever gets. It records the outcome of the request for good.
struct KeyRecord {
  Claim claim;             // of a tombstone: only account and key are sure to be set
  bool cancelled = false;  // a tombstone: nothing has happened or ever will under this key
  TransferId transfer = 0;
  std::int64_t reply = 0;  // the integer that the request was answered with
  Time time = 0;
  TransferId reversed_by = 0;  // the transfer that reverses `transfer`; 0 if none
};

/// A transfer to be stored, with the balances that the request has computed and will answer.
struct Posting {
  Kind kind = Kind::none;
  AccountId debit = 0;
  AccountId credit = 0;
  Cents amount = 0;
  Cents debit_after = 0;       // ignored for the vault
  Cents credit_after = 0;      // ignored for the vault
  std::optional<Claim> claim;  // agrees with the posting; a reverse has none
  std::int64_t reply = 0;   // of a claim: the new balance of its account; of a create: the account
  TransferId reverses = 0;  // of a reverse: the transfer whose accounts it swaps
  Time time = 0;
};

struct Opening {
  std::string pin_hash;
  Cents balance = 0;           // if not 0, a transfer of kind create moves it from the vault
  std::optional<Claim> claim;  // the reply stored with the key is the new account
  Time time = 0;
  AccountId id = 0;  // the number that the account gets; 0 for the next one after the largest
};

struct Pin {
  std::string hash;
  std::int64_t version = 1;
  std::int64_t attempts = 0;  // wrong ones in a row; each is counted before it is checked
};

/// The result of an audit. A sound ledger has no violation.
struct AuditReport {
  std::int64_t accounts = 0;
  std::int64_t transfers = 0;
  std::int64_t violations = 0;
  std::vector<std::string> details;  // the first few violations, one line each
};

}  // namespace ledger
