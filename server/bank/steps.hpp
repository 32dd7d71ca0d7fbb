#pragma once

/// The steps of a transaction's body, in the order in which a body takes them, with the numbers of
/// the textbook's server. The steps 6 and 11 are in account_lock.hpp.
///
/// Each runs on the transaction's own thread. A step refuses by throwing Refusal; the unwinding
/// releases what the body holds.

#include <memory>
#include <string>
#include <string_view>

#include "server/bank/points.hpp"
#include "server/bank/refusals.hpp"
#include "server/bank/transaction.hpp"

namespace bank {

/// 4, 5: returns the arguments. Refuses if they are wrong, or if the session may not ask for that.
/// If the key has a row, refuses with the reply of that row, or with NOAUTH if the session is
/// outdated. Reads the ledger if there is a key.
const Arguments& check(const Transaction& txn);

/// Returns the reply about an account that the ledger does not have: NOACCOUNT, or UNKNOWN after a
/// failed COMMIT, which may have opened it. Any thread.
Reply no_account(const Bank& bank, ledger::AccountId id);

/// 7: returns the account as its last ordered change left it; the reply rests on that change. The
/// transaction owns the account's mutex. Refuses with NOACCOUNT if there is no such account.
ledger::Account retrieve(Transaction& txn, ledger::AccountId id);
/// The same without a mutex: returns the account as the file has it, every change durable.
ledger::Account retrieve_durable(const Transaction& txn, ledger::AccountId id);
/// Blocks until everything that the transaction has read is durable, a cancellation point. Refuses
/// if that is revoked or unknown.
void await_durable(Transaction& txn);

/// 8: refuses with NOAUTH if the PIN has changed since login, with FROZEN if the operation moves
/// money and the account is frozen.
void authorize(const Transaction& txn, const ledger::Account& account);
void refuse_frozen(const ledger::Account& account);

/// 9: compute the new balance, in memory. FUNDS or OVERFLOW if it leaves its bounds.
void debit(ledger::Account& account, ledger::Cents amount);
void credit(ledger::Account& account, ledger::Cents amount);

/// 9: runs a scan (AUDIT, BACKUP) to its end, with a cancellation point before each part.
/// `entry` names the cleanup entry, which destroys the scan if it is not completed. Blocks for the
/// disk. Throws what the scan throws.
template <typename Scan>
void run_scan(Transaction& txn, std::unique_ptr<Scan>& scan, std::string_view entry) {
  cancel::Cleanup destroy(
      txn, {entry}, [](void* held) noexcept { static_cast<std::unique_ptr<Scan>*>(held)->reset(); },
      &scan);
  const ledger::KeepGoing keep_going = [&txn] { return txn.stage() == cancel::Stage::running; };
  do {
    point(Point::scanning);
  } while (scan->next(keep_going));
  destroy.pop(false);  // the caller owns the complete scan, and destroys it after use
}

/// The point of no return: one swap of the stage disables cancellation and begins the commit. Does
/// not return if a cancel has won. Passes `committing`.
void point_of_no_return(Transaction& txn);

/// 10: puts the change into the commit order, after every change that the transaction has read.
/// From then on others read it, although it is not durable; the reply waits until it is. Passes
/// `ordered`. Refuses with STORE if something that the transaction has read was revoked, with
/// UNKNOWN if its outcome is not known, or with the reply of the key's row. Blocks for the disk if
/// the order is full.
void store(Transaction& txn, const ledger::Posting& posting);
/// The same for a new account. Returns its number.
ledger::AccountId store(Transaction& txn, const ledger::Opening& opening);
/// The same for a new PIN. The transaction's session learns the new version of the PIN once it is
/// durable; then every other session of the account is outdated.
void store_pin(Transaction& txn, const ledger::Account& account, const std::string& hash);

/// Makes a posting of the asked amount under the transaction's key: it debits `from` and credits
/// `to`, whose balances are the new ones. `reply` is kept with the key, for repeats.
ledger::Posting posting_of(const Transaction& txn, ledger::Kind kind, const ledger::Account& from,
                           const ledger::Account& to, ledger::Cents reply);
/// The vault as a party to a posting; `ledger::vault` is only its number.
inline constexpr ledger::Account the_vault{};

}  // namespace bank
