#include "server/bank/login.hpp"

#include <limits>

#include "server/bank/refusals.hpp"

namespace bank {
namespace {

/// A number that no account has. The ledger counts its attempts in a row of no account.
constexpr ledger::AccountId no_account = std::numeric_limits<ledger::AccountId>::max();

/// Counts an attempt durably. Returns its number, or nothing if the account is locked. Both take
/// the same commit.
std::optional<std::int64_t> count_attempt(Bank& bank, ledger::AccountId account) {
  std::optional<std::int64_t> attempt;
  bank.commits.commit([&](ledger::UnitOfWork& unit) {
    attempt = unit.count_attempt(account, most_attempts);
    if (!attempt) unit.count_attempt(no_account, most_attempts);
  });
  return attempt;
}

Login check_pin(Bank& bank, std::optional<ledger::AccountId> account, const Secret& entered) {
  const auto pin = account ? bank.ledger.pin(*account) : std::nullopt;
  // Argon2 comes first: if it fails, nothing has been counted. Its result is used only after the
  // count is durable.
  const bool right = bank.pins.matches(pin ? std::optional(pin->hash) : std::nullopt, entered);
  const auto attempt = count_attempt(bank, account.value_or(no_account));
  bool counted = attempt.has_value();
  if (account && !pin) counted = bank.unknown_accounts.count_attempt(*account, most_attempts);
  if (!counted) return {refusals::locked(), {}};
  if (!right) return {refusals::wrong_pin(), {}, pin && attempt == most_attempts};
  bank.commits.commit([&](ledger::UnitOfWork& unit) { unit.clear_attempts(*account); });
  return {Reply::ok(), {Role::customer, *account, pin->version}};
}

}  // namespace

Login log_in(Bank& bank, std::optional<ledger::AccountId> account, const Secret& pin) {
  try {
    return check_pin(bank, account, pin);
  } catch (const ledger::OutcomeUnknown&) {
    return {refusals::unknown_outcome(), {}};
  } catch (const std::exception& error) {
    return {refusals::cannot_check_pin(error), {}};
  }
}

}  // namespace bank
