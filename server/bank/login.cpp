#include "server/bank/login.hpp"

#include "server/bank/refusals.hpp"

namespace bank {
namespace {

Login check_pin(Bank& bank, ledger::AccountId account, std::string_view entered) {
  std::optional<std::int64_t> attempt;
  bank.commits.commit(
      [&](ledger::UnitOfWork& unit) { attempt = unit.count_attempt(account, most_attempts); });
  if (!attempt) return {refusals::locked(), {}};
  const auto pin = bank.ledger.pin(account);
  if (!bank.pins.matches(pin ? std::optional(pin->hash) : std::nullopt, entered)) {
    return {refusals::wrong_pin(), {}};
  }
  bank.commits.commit([account](ledger::UnitOfWork& unit) { unit.clear_attempts(account); });
  return {Reply::ok(), {Role::customer, account, pin->version}};
}

}  // namespace

Login log_in(Bank& bank, ledger::AccountId account, std::string_view pin) {
  try {
    return check_pin(bank, account, pin);
  } catch (const ledger::OutcomeUnknown&) {
    return {refusals::unknown_outcome(), {}};
  } catch (const std::exception& error) {
    return {refusals::cannot_check_pin(error), {}};
  }
}

}  // namespace bank
