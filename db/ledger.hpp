#pragma once

/// The ledger: accounts, and the transfers that move money between them, kept durably.
///
/// Double entry in one row: a transfer moves an amount from a debit account to a credit account, so
/// money is conserved by construction. A deposit comes from the vault and a withdrawal goes to it;
/// the vault is account 0, and its balance is not stored. Transfers are only ever appended.
///
/// A write is a unit of work: begin, store, commit. What a UnitOfWork has not committed when it is
/// destroyed is as if it had never been. Reads see what has been committed durably, and only that:
/// no answer that rests on them can be taken back by a crash.
///
/// Nothing here knows of SQL, of the wire or of threads. Calls may block for the disk. None is a
/// cancellation point; a ledger whose calls block for long (one on a database server) can be put
/// behind this interface with its own.
///
/// Money is in cents. Times are microseconds since 1970-01-01 UTC.

#include <cstdint>
#include <cstring>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ledger {

using AccountId = std::int64_t;
using TransferId = std::int64_t;
using Cents = std::int64_t;
using Time = std::int64_t;

inline constexpr AccountId vault = 0;
inline constexpr Cents largest_amount = 1'000'000'000'000'000;
inline constexpr Cents largest_balance = 1'000'000'000'000'000'000;

/// What moved the money. The numbers stand in the file: never change one.
enum class Kind : std::uint8_t {
  none = 0,
  create = 1,
  deposit = 2,
  withdraw = 3,
  transfer = 4,
  reverse = 5,
};
/// "create", "deposit", …; empty for none.
std::string_view name(Kind kind);

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
  Cents debit_balance = 0;   // the debit account's, after it; 0 for the vault
  Cents credit_balance = 0;  // the credit account's, after it; 0 for the vault
  std::string key;           // the idempotency key it was made under; empty if none
  TransferId reverses = 0;   // the transfer it undoes; 0 if none
  Time time = 0;
  TransferId reversed_by = 0;  // the transfer that undoes it; 0 if none. Read, never written
};

/// What a request claims a key for: a repeat is the same request if all of this is equal.
struct Claim {
  AccountId account = 0;  // the account of the key: `from` of a transfer, 0 of a create
  std::string key;        // 1–64 characters
  Kind kind = Kind::none;
  AccountId other = 0;  // `to` of a transfer, else 0
  Cents amount = 0;     // of a create: the opening balance
};

/// The one row a key ever gets. It says what became of the request, for good.
struct KeyRecord {
  Claim claim;             // of a tombstone: only account and key are sure to be set
  bool cancelled = false;  // a tombstone: nothing under this key has happened or ever will
  TransferId transfer = 0;
  std::int64_t reply = 0;  // the integer the request was answered with
  Time time = 0;
  TransferId reversed_by = 0;  // the transfer that undoes `transfer`; 0 if none
};

/// A transfer to be stored, with the balances the request has computed and will answer.
struct Posting {
  Kind kind = Kind::none;
  AccountId debit = 0;
  AccountId credit = 0;
  Cents amount = 0;
  Cents debit_after = 0;       // ignored for the vault
  Cents credit_after = 0;      // ignored for the vault
  std::optional<Claim> claim;  // agrees with the posting; a reverse has none, `reverses` is unique
  std::int64_t reply = 0;      // kept with the key
  TransferId reverses = 0;     // of a reverse: it swaps the accounts of that one, amount the same
  Time time = 0;
};

struct Opening {
  std::string pin_hash;
  Cents balance = 0;           // if not 0, a transfer of kind create brings it from the vault
  std::optional<Claim> claim;  // its row's reply is the new account
  Time time = 0;
};

struct Pin {
  std::string hash;
  std::int64_t version = 1;
  std::int64_t attempts = 0;  // wrong ones in a row, counted before each is checked
};

/// The key has its row already, and the row decides. Nothing was stored.
struct KeyTaken : std::runtime_error {
  explicit KeyTaken(KeyRecord row);
  KeyRecord record;
};

/// The store contradicts what the request has read: an account is not there, or its balance is not
/// what the request computed from, or would leave its bounds; what it undoes is not as it says, or
/// undone already. Nothing was stored.
struct Contradiction : std::logic_error {
  using std::logic_error::logic_error;
};

/// The machine failed (disk full, I/O error) before COMMIT: nothing was stored.
struct StoreFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// COMMIT itself failed. Whether it took place is known only once the ledger is opened again. Takes
/// no memory: lack of it may be why COMMIT failed, and must not turn this into a lesser error.
class OutcomeUnknown : public std::exception {
 public:
  explicit OutcomeUnknown(const char* why) noexcept { std::strncpy(why_, why, sizeof why_ - 1); }
  const char* what() const noexcept override { return why_; }

 private:
  char why_[160] = {};  // cut to this
};

/// The ledger cannot be opened for serving; one line says why.
struct OpenFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// No copy can be written under this path; one line says why.
struct BadPath : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// One transaction of the store. Made by Ledger::begin(), used by one thread at a time.
///
/// Each store call is done wholly or not at all and leaves its neighbours alone: when it throws
/// KeyTaken or Contradiction, the unit goes on as if it had not been called. When it throws
/// StoreFailed the same holds while alive() is true; when it is false the store has undone the
/// whole unit, nothing of it will be stored, and the unit can only be destroyed.
class UnitOfWork {
 public:
  UnitOfWork() = default;
  UnitOfWork(const UnitOfWork&) = delete;
  UnitOfWork& operator=(const UnitOfWork&) = delete;
  /// Rolls back what has not been committed. Throws nothing.
  virtual ~UnitOfWork() = default;

  /// The account as this unit sees it, its own changes included. Throws StoreFailed.
  virtual std::optional<Account> retrieve(AccountId id) = 0;

  /// Appends the transfer, moves the amount, and writes the key's row if it claims one. Where both
  /// hold, KeyTaken comes before Contradiction. Throws KeyTaken, Contradiction, StoreFailed.
  virtual TransferId store(const Posting& posting) = 0;
  /// A new account with the next number. Throws KeyTaken, StoreFailed; Contradiction if the balance
  /// is no amount, or the claim another's.
  virtual AccountId create(const Opening& opening) = 0;
  /// A key's tombstone; its account need not be there. Throws KeyTaken if the key has a row, a
  /// tombstone or not; Contradiction if it is too long or empty; StoreFailed.
  virtual void store_tombstone(AccountId account, std::string_view key, Time time) = 0;
  /// Throws Contradiction if there is no such account; StoreFailed.
  virtual void set_frozen(AccountId id, bool frozen) = 0;
  /// Returns the new version. A locked account stays locked: attempts are left as they are. Throws
  /// as set_frozen().
  virtual std::int64_t set_pin(AccountId id, std::string_view hash) = 0;
  /// One more attempt, unless there have been `limit`: then nothing is stored. Returns what the
  /// count is now, or nothing if it stands at the limit. For an unknown account the same work is
  /// done on a row of no account, and the result is 1. Throws StoreFailed.
  virtual std::optional<std::int64_t> count_attempt(AccountId id, std::int64_t limit) = 0;
  /// Attempts start again at 0. Throws as set_frozen().
  virtual void clear_attempts(AccountId id) = 0;

  /// True while the store can still commit this unit.
  virtual bool alive() const = 0;
  /// Makes all of it durable; visible to readers only then. Throws StoreFailed if nothing was
  /// stored and nothing will be, OutcomeUnknown if that cannot be said. Once.
  virtual void commit() = 0;
};

/// What AUDIT found. A sound ledger has no violation.
struct AuditReport {
  std::int64_t accounts = 0;
  std::int64_t transfers = 0;
  std::int64_t violations = 0;
  std::vector<std::string> details;  // the first few, one line each
};

/// Asked now and then inside a long step; false: stop, the caller has been cancelled. Throws
/// nothing and is no cancellation point: the store's own frames lie beneath it.
using KeepGoing = std::function<bool()>;

/// A long read over one consistent view of the ledger, done in batches. Destroying it early leaves
/// nothing behind. Used by one thread at a time.
class Scan {
 public:
  Scan() = default;
  Scan(const Scan&) = delete;
  Scan& operator=(const Scan&) = delete;
  virtual ~Scan() = default;
  /// Does one batch. True if there is more to do, as there is when it was told to stop; a further
  /// call may do that batch again. Throws StoreFailed, then it can only be destroyed.
  virtual bool next(const KeepGoing& keep_going) = 0;
};

class Audit : public Scan {
 public:
  /// Whole once next() has returned false.
  virtual const AuditReport& report() const = 0;
};

/// Any thread may read at any time, also while a unit of work is under way. One unit of work exists
/// at a time; the caller sees to that. The ledger outlives its units and scans.
class Ledger {
 public:
  Ledger() = default;
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;
  virtual ~Ledger() = default;

  /// How often this ledger has been opened for serving, this time included: 1, 2, 3, … Durable.
  virtual std::int64_t start_number() const = 0;

  /// Throws StoreFailed; always so once a commit has thrown OutcomeUnknown.
  virtual std::unique_ptr<UnitOfWork> begin() = 0;

  // Each of the reads throws StoreFailed. The vault is nobody's account: nothing is found for it.
  virtual std::optional<Account> account(AccountId id) = 0;
  virtual std::optional<Pin> pin(AccountId id) = 0;
  virtual std::optional<KeyRecord> key(AccountId account, std::string_view key) = 0;
  virtual std::optional<Transfer> transfer(TransferId id) = 0;
  /// The transfer that undoes `id`, if there is one.
  virtual std::optional<Transfer> reversal_of(TransferId id) = 0;
  /// At most `limit` transfers that touch the account, newest first, ids below `before`.
  virtual std::vector<Transfer> history(AccountId id, TransferId before, std::int64_t limit) = 0;

  /// Housekeeping after commits (a checkpoint, when due). Called by the thread that commits, after
  /// it has told everybody; a failure of it is no failure of any commit. Throws nothing.
  virtual void tidy() = 0;

  virtual std::unique_ptr<Audit> audit() = 0;  // throws StoreFailed
  /// A synced copy at `path`, which is absolute and must not exist; a copy not finished is removed
  /// again. The file has its name only once it is whole. Throws BadPath (so does the last step, if
  /// the name has been taken meanwhile), StoreFailed.
  virtual std::unique_ptr<Scan> backup(const std::string& path) = 0;

  /// The store and its version, for people: "SQLite 3.40.1".
  virtual std::string version() const = 0;
};

}  // namespace ledger
