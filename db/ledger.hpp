#pragma once

/// The ledger: accounts, and the transfers that move money between them, stored durably.
///
/// Double entry in one row: a transfer moves an amount from a debit account to a credit account, so
/// money is conserved by construction. Deposits come from the vault (account 0) and withdrawals go
/// to it. Transfers are only ever appended.
///
/// A write is a unit of work: begin, store, commit. Destroying a unit before its commit undoes it.
/// Reads see only what has been committed durably, so no crash can contradict a reply that rests on
/// them.
///
/// This interface knows nothing of SQL, of the wire or of threads. Calls may block for the disk.
/// None is a cancellation point.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/errors.hpp"
#include "db/records.hpp"

namespace ledger {

/// One transaction of the store, made by Ledger::begin() and used by one thread at a time. Every
/// call may block for the disk.
///
/// A unit is stored wholly or not at all. If a call throws, of whatever kind, the store undoes the
/// whole unit, and it can only be destroyed.
class UnitOfWork {
 public:
  UnitOfWork() = default;
  UnitOfWork(const UnitOfWork&) = delete;
  UnitOfWork& operator=(const UnitOfWork&) = delete;
  /// Rolls back unless the unit was committed. Throws nothing.
  virtual ~UnitOfWork() = default;

  /// Returns the account as this unit sees it, its own changes included. Throws StoreFailed.
  virtual std::optional<Account> retrieve(AccountId id) = 0;

  /// Appends the transfer, moves the amount, and writes the key's row if the posting claims a key.
  /// Returns the number of the transfer. Throws KeyTaken, Contradiction, StoreFailed; KeyTaken if
  /// both of the first two apply.
  virtual TransferId store(const Posting& posting) = 0;
  /// Opens an account and returns its number: the one in the opening, otherwise the next. Throws
  /// KeyTaken, StoreFailed; Contradiction if the number is in use, a number or the balance is out
  /// of bounds, or the claim does not agree with the opening.
  virtual AccountId create(const Opening& opening) = 0;
  /// Writes a key's tombstone; its account need not exist. Throws KeyTaken if the key has a row of
  /// any kind, Contradiction if the key is empty or too long, StoreFailed.
  virtual void store_tombstone(AccountId account, std::string_view key, Time time) = 0;
  /// Marks the account as frozen or not. Throws Contradiction if it does not exist, StoreFailed.
  virtual void set_frozen(AccountId id, bool frozen) = 0;
  /// Replaces the PIN's hash and returns its new version. Attempts stay, so a locked account stays
  /// locked. Throws as set_frozen().
  virtual std::int64_t set_pin(AccountId id, std::string_view hash) = 0;
  /// Counts one more attempt and returns the count, or returns nothing and stores nothing if there
  /// have been `limit`. For an unknown account it does the same work on a row of no account and
  /// returns 1. Throws StoreFailed.
  virtual std::optional<std::int64_t> count_attempt(AccountId id, std::int64_t limit) = 0;
  /// Sets the count of attempts to 0. Throws as set_frozen().
  virtual void clear_attempts(AccountId id) = 0;

  /// Returns whether the unit can be committed: no call has thrown, and it has not ended.
  virtual bool alive() const = 0;
  /// Makes all of the unit durable, and only then visible to readers. May be called once. Throws
  /// StoreFailed if nothing was or will be stored, OutcomeUnknown if that is not known.
  virtual void commit() = 0;
};

/// Asked every few milliseconds inside a long step; false stops the step. Throws nothing and is no
/// cancellation point: frames of the store lie beneath it.
using KeepGoing = std::function<bool()>;

/// A long read of the ledger, done in parts, beside the writer. Destroying it early leaves
/// nothing behind. Used by one thread at a time.
class Scan {
 public:
  Scan() = default;
  Scan(const Scan&) = delete;
  Scan& operator=(const Scan&) = delete;
  virtual ~Scan() = default;
  /// Does one part. Returns whether there is more to do; also true if `keep_going` stopped it, and
  /// then a further call repeats the part. Throws StoreFailed; then it can only be destroyed.
  virtual bool next(const KeepGoing& keep_going) = 0;
};

/// An audit of every row. Its report counts the rows that existed at its start; it also checks rows
/// that are committed while it runs.
class Audit : public Scan {
 public:
  /// Returns the result so far; complete once next() has returned false.
  virtual const AuditReport& report() const = 0;
};

/// Any thread may read at any time, also while a unit of work exists. The caller ensures that there
/// is at most one unit, and that the ledger outlives its units and scans. Every call but version()
/// and start_number() may block for the disk.
class Ledger {
 public:
  Ledger() = default;
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;
  virtual ~Ledger() = default;

  /// Returns how often this ledger has been opened for serving, this time included: 1, 2, 3, …
  /// Durable: no number is returned twice.
  virtual std::int64_t start_number() const = 0;

  /// Returns why begin() fails at present, in one line; empty if it does not. A ledger opened on a
  /// full disk can be read, and begins units of work again once there is room. Called by the thread
  /// that calls begin().
  virtual std::string write_refusal() const { return {}; }

  /// Begins a unit of work. Throws StoreFailed; always so once a commit has thrown OutcomeUnknown.
  virtual std::unique_ptr<UnitOfWork> begin() = 0;

  // Reads, each a snapshot of its own. Each throws StoreFailed. Nothing is found for the vault.
  virtual std::optional<Account> account(AccountId id) = 0;
  /// Returns the largest number of an account; 0 if there is no account. Cheap at any size.
  virtual AccountId last_account() = 0;
  virtual std::optional<Pin> pin(AccountId id) = 0;
  virtual std::optional<KeyRecord> key(AccountId account, std::string_view key) = 0;
  virtual std::optional<Transfer> transfer(TransferId id) = 0;
  /// Returns the transfer that reverses `id`, if there is one.
  virtual std::optional<Transfer> reversal_of(TransferId id) = 0;
  /// Returns at most `limit` transfers of the account, newest first, with numbers below `before`.
  virtual std::vector<Transfer> history(AccountId id, TransferId before, std::int64_t limit) = 0;

  /// Does housekeeping after commits (a checkpoint, when due). Called by the thread that commits,
  /// between two commits: its failure does not affect any commit. Throws nothing.
  virtual void tidy() = 0;

  /// Starts an audit. Throws StoreFailed.
  virtual std::unique_ptr<Audit> audit() = 0;
  /// Starts a synced copy at `path`, which must be absolute and free. The file gets that name only
  /// once it is whole; an unfinished copy is removed. Throws BadPath, StoreFailed; the last step,
  /// too, throws BadPath if the name has been taken meanwhile.
  virtual std::unique_ptr<Scan> backup(const std::string& path) = 0;

  /// Returns the store and its version, for people: "SQLite 3.40.1".
  virtual std::string version() const = 0;
};

}  // namespace ledger
