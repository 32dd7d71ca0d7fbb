#pragma once

/// Every refusal of the bank: a code for programs and one line for people, which says what happened
/// and what to do. One function each; pure, any thread. Which one is given if several apply: see
/// code.hpp.

#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "db/ledger.hpp"
#include "server/bank/counters.hpp"
#include "server/bank/points.hpp"
#include "server/bank/reply.hpp"
#include "server/cancel/handle_table.hpp"

namespace bank {

/// Ends a transaction's body with a reply (an error, or the first reply to a repeated key). The
/// unwinding releases what the body holds.
class Refusal {
 public:
  explicit Refusal(Reply reply) : reply_(std::move(reply)) {}
  const Reply& reply() const { return reply_; }

 private:
  Reply reply_;
};

namespace refusals {

// ── The command is malformed ────────────────────────────────────────────────────────────────────

Reply unknown_command(const std::string& word);
Reply usage(std::string_view usage);
Reply not_an_account();
Reply not_a_key();
/// For a value that only one command or option takes, and for a cause that the ledger describes,
/// such as a bad path of a backup.
Reply malformed(std::string text);

// ── The client may not do that ──────────────────────────────────────────────────────────────────

Reply not_logged_in();
/// Another session has changed the account's PIN since this one logged in.
Reply pin_changed(ledger::AccountId account);
Reply operator_only();
Reply teller_only();
/// A customer, logged in for `own`, asks for another account.
Reply not_your_account(ledger::AccountId own);
Reply wrong_pin();
Reply wrong_teller_secret();
Reply locked();

// ── The server is not able to ───────────────────────────────────────────────────────────────────

/// `has_key`: the client may repeat the request with its key.
Reply shutting_down(bool has_key);
/// The queue of requests is full.
Reply busy(bool has_key);
/// The system has no thread to give for an audit or a backup.
Reply no_thread();
/// The ledger refused a change before COMMIT, or could not be read on the way to one.
Reply store_failed(const std::exception& error);
/// The ledger could not be read; the request would have changed nothing.
Reply cannot_read(const std::exception& error);
Reply cannot_check_pin(const std::exception& error);
/// COMMIT itself failed.
Reply unknown_outcome();

// ── The key ─────────────────────────────────────────────────────────────────────────────────────

Reply in_progress(const std::string& key);
Reply key_reused(const std::string& key);
/// The request with this key was committed, and later undone by that transfer.
Reply key_reversed(const std::string& key, ledger::TransferId by);
Reply key_cancelled(const std::string& key);
Reply cancelled_key_to_reverse(const std::string& key);
Reply nothing_to_reverse(const std::string& key);

// ── The accounts ────────────────────────────────────────────────────────────────────────────────

/// `least` is the smallest amount that the command accepts.
Reply amount_out_of_range(ledger::Cents least);
Reply no_such_account(ledger::AccountId account);
Reply frozen(ledger::AccountId account);
Reply insufficient_funds(const ledger::Account& account);
Reply balance_too_large(ledger::AccountId account);

// ── The transaction was cancelled ───────────────────────────────────────────────────────────────

/// `text` comes from the canceller and may be empty.
Reply cancelled(cancel::Handle handle, Reason reason, Point point, const std::string& text);
Reply deadline(cancel::Handle handle, Point point);
/// Cancelled, but the tombstone of its key could not be written.
Reply tombstone_failed(const std::string& key);

}  // namespace refusals
}  // namespace bank
