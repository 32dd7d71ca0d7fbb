#include "server/bank/refusals.hpp"

#include "server/bank/text.hpp"

namespace bank {
namespace {

std::string account_word(ledger::AccountId account) {
  return "account " + std::to_string(account);
}

std::string try_again(bool has_key) {
  return has_key ? "try again later with the same key" : "try again later";
}

}  // namespace

namespace refusals {

Reply unknown_command(const std::string& word) {
  return malformed("unknown command '" + one_line(word, 64) + "'; try COMMAND, or atm --help");
}

Reply usage(std::string_view usage) {
  return malformed("usage: " + std::string(usage));
}

Reply not_an_account() {
  return malformed("an account is a number, such as 42");
}

Reply not_a_key() {
  return malformed("a key is 1 to 64 printable characters without blanks");
}

Reply malformed(std::string text) {
  return Reply::error(Code::err, std::move(text));
}

Reply not_logged_in() {
  return Reply::error(Code::no_auth, "log in first: AUTH account pin");
}

Reply pin_changed(ledger::AccountId account) {
  return Reply::error(Code::no_auth, "the PIN of " + account_word(account) +
                                         " was changed; log in again: AUTH account pin");
}

Reply operator_only() {
  return Reply::error(Code::no_perm, "only the operator may do that, on the server's Unix socket");
}

Reply teller_only() {
  return Reply::error(Code::no_perm, "only a teller or the operator may do that");
}

Reply not_your_account(ledger::AccountId own) {
  return Reply::error(Code::no_perm, "you are logged in for " + account_word(own) + " only");
}

Reply wrong_pin() {
  return Reply::error(Code::wrong_pass, "the account and the PIN do not belong together");
}

Reply wrong_teller_secret() {
  return Reply::error(Code::wrong_pass, "that is not the teller secret");
}

Reply locked() {
  return Reply::error(Code::locked, "too many wrong PINs; ask the operator to unlock the account");
}

Reply shutting_down(bool has_key) {
  return Reply::error(Code::shutdown, "the server is going down; " + try_again(has_key));
}

Reply busy(bool has_key) {
  return Reply::error(Code::busy, "too many requests are waiting; " + try_again(has_key));
}

Reply no_thread() {
  return Reply::error(Code::busy,
                      "the system has no thread to give for a long read; try again later");
}

Reply store_failed(const std::exception& error) {
  return Reply::error(Code::store,
                      std::string("nothing was changed; try again later: ") + error.what());
}

Reply cannot_read(const std::exception& error) {
  return Reply::error(Code::store,
                      std::string("the ledger cannot be read now; try again: ") + error.what());
}

Reply cannot_check_pin(const std::exception& error) {
  return Reply::error(Code::store,
                      std::string("cannot check a PIN now; try again later: ") + error.what());
}

Reply unknown_outcome() {
  return Reply::error(Code::unknown, "the outcome is not known yet; ask STATUS after the restart");
}

Reply in_progress(const std::string& key) {
  return Reply::error(Code::in_progress,
                      "a request with key " + key + " is running; ask STATUS, or try again");
}

Reply key_reused(const std::string& key) {
  return Reply::error(Code::dup_key,
                      "key " + key + " was used for another request; give each its own key");
}

Reply key_reversed(const std::string& key, ledger::TransferId by) {
  return Reply::error(Code::reversed, "the request with key " + key + " was undone by transfer " +
                                          std::to_string(by) +
                                          "; use a new key for another request");
}

Reply key_cancelled(const std::string& key) {
  return Reply::error(Code::cancelled, "key " + key + " was cancelled");
}

Reply cancelled_key_to_reverse(const std::string& key) {
  return Reply::error(Code::cancelled,
                      "key " + key + " was cancelled; there is nothing to reverse");
}

Reply nothing_to_reverse(const std::string& key) {
  return malformed("nothing was committed under key " + key);
}

Reply amount_out_of_range(ledger::Cents least) {
  return Reply::error(Code::amount, "an amount is " + std::to_string(least) + " to " +
                                        std::to_string(ledger::largest_amount) + " cents");
}

Reply no_such_account(ledger::AccountId account) {
  return Reply::error(Code::no_account, "there is no " + account_word(account));
}

Reply frozen(ledger::AccountId account) {
  return Reply::error(Code::frozen,
                      account_word(account) + " is frozen; ask the operator to unfreeze it");
}

Reply insufficient_funds(const ledger::Account& account) {
  return Reply::error(Code::funds, account_word(account.id) + " has only " +
                                       std::to_string(account.balance) + " cents");
}

Reply balance_too_large(ledger::AccountId account) {
  return Reply::error(Code::overflow,
                      account_word(account) + " can hold no more than 1000000000000000000 cents");
}

Reply cancelled(cancel::Handle handle, Reason reason, Point point, const std::string& text) {
  return Reply::error(Code::cancelled, "txn " + to_string(handle) + " by " +
                                           std::string(bank::name(reason)) + " at " +
                                           std::string(describe(point).name) +
                                           (text.empty() ? "" : ": " + text));
}

Reply deadline(cancel::Handle handle, Point point) {
  return Reply::error(Code::deadline, "txn " + to_string(handle) + " ran out of time at " +
                                          std::string(describe(point).name) +
                                          "; nothing was changed");
}

Reply tombstone_failed(const std::string& key) {
  return Reply::error(Code::unknown, "cancelled, but the tombstone of key " + key +
                                         " could not be written; ask STATUS");
}

}  // namespace refusals
}  // namespace bank
