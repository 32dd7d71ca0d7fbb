#include "server/bank/login.hpp"

namespace bank {
namespace {

Login refused(std::string code, std::string text) {
  return {Reply::error(std::move(code), std::move(text)), {}};
}

Login check_pin(Bank& bank, ledger::AccountId account, std::string_view entered) {
  std::optional<std::int64_t> attempt;
  bank.commits.commit(
      [&](ledger::UnitOfWork& unit) { attempt = unit.count_attempt(account, most_attempts); });
  if (!attempt) {
    return refused("LOCKED", "too many wrong PINs; ask the operator to unlock the account");
  }
  const auto pin = bank.ledger.pin(account);
  if (!bank.pins.matches(pin ? std::optional(pin->hash) : std::nullopt, entered)) {
    return refused("WRONGPASS", "the account and the PIN do not belong together");
  }
  bank.commits.commit([account](ledger::UnitOfWork& unit) { unit.clear_attempts(account); });
  return {Reply::ok(), {Role::customer, account, pin->version}};
}

}  // namespace

Login log_in(Bank& bank, ledger::AccountId account, std::string_view pin) {
  try {
    return check_pin(bank, account, pin);
  } catch (const ledger::OutcomeUnknown&) {
    return refused("UNKNOWN", "the server has to restart; log in again then");
  } catch (const std::exception& error) {
    return refused("STORE",
                   std::string("cannot check a PIN now; try again later: ") + error.what());
  }
}

Reply log_in_again(ledger::AccountId account) {
  return Reply::error("NOAUTH", "the PIN of account " + std::to_string(account) +
                                    " was changed; log in again: AUTH account pin");
}

}  // namespace bank
