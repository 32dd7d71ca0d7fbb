#pragma once

/// The steps a transaction's body is made of, in the order it takes them. Each is for the
/// transaction's own thread, and refuses (throws Refusal) where it says so; what the body holds is
/// then released by the unwinding. The numbers are those of the textbook's server.

#include "server/bank/refusals.hpp"
#include "server/bank/transaction.hpp"

namespace bank {

/// 4, 5: the arguments, if they are right and the session may ask for that; else refuses. If the
/// key has its row already, the answer is the row's: the first reply, DUPKEY or CANCELLED (but
/// NOAUTH to a session whose PIN has been changed). Reads the ledger if there is a key.
const Arguments& check(const Transaction& txn);

/// 7: the account as it is. NOACCOUNT if there is none. Reads the ledger.
ledger::Account retrieve(const Transaction& txn, ledger::AccountId id);

/// 8: the session is still good for the account, the PIN unchanged since login (else NOAUTH); the
/// account not frozen if money is to be moved (else FROZEN).
void authorize(const Transaction& txn, const ledger::Account& account);
void refuse_frozen(const ledger::Account& account);

/// 9: the new balance, in memory. FUNDS if there is too little; OVERFLOW if there would be too
/// much.
void debit(ledger::Account& account, ledger::Cents amount);
void credit(ledger::Account& account, ledger::Cents amount);

/// THE POINT OF NO RETURN. Disabling cancellation and the swap to `committing` are the same act.
/// Does not return if a cancel has won; passes `committing` if it does.
void point_of_no_return(Transaction& txn);

/// 10: durable on return; passes `committed`. Refuses if the store did, before COMMIT: STORE, or
/// what the key's row says; UNKNOWN if COMMIT itself failed.
void store(Transaction& txn, const CommitQueue::Store& change);
void store(Transaction& txn, const ledger::Posting& posting);

/// A posting under the transaction's key, with the reply that is to be repeated.
ledger::Posting posting_of(const Transaction& txn, ledger::Kind kind, const ledger::Account& debit,
                           const ledger::Account& credit, ledger::Cents reply);
/// The vault, as a party to a posting.
inline constexpr ledger::Account the_vault{};

}  // namespace bank
