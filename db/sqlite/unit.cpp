#include "db/sqlite/unit.hpp"

#include <new>
#include <string>

#include "db/rules.hpp"
#include "db/sqlite/rows.hpp"

namespace ledger {
namespace {

std::string select(const char* columns, const char* rest) {
  return std::string("SELECT ") + columns + " " + rest;
}

void require(bool holds, const char* otherwise) {
  if (!holds) throw Contradiction(otherwise);
}

void require_nothing(std::string_view wrong) {
  if (!wrong.empty()) throw Contradiction(std::string(wrong));
}

}  // namespace

// A balance is changed by what is moved, and only if that makes it what the request says it does.
UnitStatements::UnitStatements(Connection& on)
    : savepoint(on, "SAVEPOINT step"),
      release(on, "RELEASE step"),
      back(on, "ROLLBACK TO step"),
      account(on, select(account_columns, "FROM accounts WHERE id = ?1 AND id <> 0")),
      transfer(on, select(transfer_columns, "FROM transfers WHERE id = ?1")),
      key(on, select(key_columns, "FROM keys WHERE account = ?1 AND key = ?2")),
      attempts(on, "SELECT attempts FROM pins WHERE account = ?1 AND account <> 0"),
      take(on, "UPDATE accounts SET balance = balance - ?2 WHERE id = ?1 AND balance - ?2 = ?3"),
      give(on, "UPDATE accounts SET balance = balance + ?2 WHERE id = ?1 AND balance + ?2 = ?3"),
      append(on,
             "INSERT INTO transfers (kind, debit, credit, amount, debit_balance, credit_balance, "
             "key, reverses, time) "
             "VALUES (?1, ?2, ?3, ?4, ?5, ?6, nullif(?7, ''), nullif(?8, 0), ?9)"),
      claim(on,
            "INSERT INTO keys (account, key, outcome, kind, other, amount, transfer, reply, time) "
            "VALUES (?1, ?2, 1, ?3, ?4, ?5, nullif(?6, 0), ?7, ?8)"),
      tombstone(
          on,
          "INSERT INTO keys (account, key, outcome, kind, other, amount, transfer, reply, time) "
          "VALUES (?1, ?2, 2, 0, 0, 0, NULL, 0, ?3)"),
      open(on, "INSERT INTO accounts (balance) VALUES (?1)"),
      open_pin(on, "INSERT INTO pins (account, hash) VALUES (?1, ?2)"),
      freeze(on, "UPDATE accounts SET frozen = ?2 WHERE id = ?1 AND id <> 0"),
      set_pin(on, "UPDATE pins SET hash = ?2 WHERE account = ?1 AND account <> 0"),
      next_pin_version(on, "UPDATE accounts SET pin_version = pin_version + 1 WHERE id = ?1"),
      count(on,
            "UPDATE pins SET attempts = attempts + 1 "
            "WHERE account = ?1 AND account <> 0 AND attempts < ?2"),
      count_nobody(on, "UPDATE pins SET attempts = 1 - attempts WHERE account = 0"),
      clear(on, "UPDATE pins SET attempts = 0 WHERE account = ?1 AND account <> 0") {}

/// What is done between it and release() is undone if release() is not reached.
class SqliteUnit::Savepoint {
 public:
  explicit Savepoint(SqliteUnit& unit) : unit_(unit) { unit_.statements_.savepoint.change(); }
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;
  ~Savepoint() {
    if (released_ || !unit_.writer_.in_transaction()) return;
    try {
      unit_.statements_.back.change();
      unit_.statements_.release.change();
    } catch (const std::exception&) {
      unit_.writer_.rollback();
    }
  }
  void release() {
    unit_.statements_.release.change();
    released_ = true;
  }

 private:
  SqliteUnit& unit_;
  bool released_ = false;
};

/// Does the step and tells its failures in the ledger's own terms.
template <typename Step>
auto SqliteUnit::told(Step step) {
  if (!alive()) throw StoreFailed("the store has undone this unit");
  try {
    return step();
  } catch (const SqlError& error) {
    if (error.kind() == SQLITE_CONSTRAINT) throw Contradiction(error.what());
    // For a full disk, a failed read or write and lack of memory SQLite has undone the transaction
    // itself, savepoints and all. After any other error it is not worth guessing what still holds.
    writer_.rollback();
    throw StoreFailed(error.what());
  } catch (const std::bad_alloc&) {
    throw StoreFailed("out of memory");
  }
}

/// As above, wholly or not at all.
template <typename Step>
auto SqliteUnit::wholly(Step step) {
  return told([&] {
    Savepoint savepoint(*this);
    auto result = step();
    savepoint.release();
    return result;
  });
}

/// As above. If the key is taken, that is why the step failed, whatever else it ran into first.
template <typename Step>
auto SqliteUnit::wholly(const std::optional<Claim>& claim, Step step) {
  try {
    return wholly(step);
  } catch (const Contradiction&) {
    if (!claim) throw;
    std::optional<KeyRecord> row = key_row(claim->account, claim->key);
    if (!row) throw;
    throw KeyTaken(std::move(*row));
  }
}

SqliteUnit::SqliteUnit(Writer& writer, UnitStatements& statements)
    : writer_(writer), statements_(statements) {
  writer_.begin();
}

SqliteUnit::~SqliteUnit() {
  writer_.rollback();
}

bool SqliteUnit::alive() const {
  return usable_ && writer_.in_transaction();
}

std::optional<Account> SqliteUnit::retrieve(AccountId id) {
  return told([&]() -> std::optional<Account> {
    Run rows = statements_.account.run(id);
    if (!rows.step()) return std::nullopt;
    return account_in(rows);
  });
}

std::optional<KeyRecord> SqliteUnit::key_row(AccountId account, std::string_view key) {
  return told([&]() -> std::optional<KeyRecord> {
    Run rows = statements_.key.run(account, key);
    if (!rows.step()) return std::nullopt;
    return key_in(rows);
  });
}

TransferId SqliteUnit::store(const Posting& posting) {
  return wholly(posting.claim, [&] {
    require_nothing(wrong_with(posting));
    if (posting.reverses != 0) check_reversal(posting);
    const TransferId id = post(posting);
    if (posting.claim) claim_key(*posting.claim, id, posting.reply, posting.time);
    return id;
  });
}

TransferId SqliteUnit::post(const Posting& posting) {
  const bool taken =
      posting.debit == vault ||
      statements_.take.change(posting.debit, posting.amount, posting.debit_after) == 1;
  require(taken, "the debit account is not there, or its balance is another");
  const bool given =
      posting.credit == vault ||
      statements_.give.change(posting.credit, posting.amount, posting.credit_after) == 1;
  require(given, "the credit account is not there, or its balance is another");
  const std::string_view key = posting.claim ? posting.claim->key : std::string_view();
  statements_.append.change(static_cast<std::int64_t>(posting.kind), posting.debit, posting.credit,
                            posting.amount, posting.debit == vault ? 0 : posting.debit_after,
                            posting.credit == vault ? 0 : posting.credit_after, key,
                            posting.reverses, posting.time);
  return sqlite3_last_insert_rowid(writer_.connection().native());
}

void SqliteUnit::check_reversal(const Posting& posting) {
  Run rows = statements_.transfer.run(posting.reverses);
  require(rows.step(), "what it undoes is not there");
  require_nothing(wrong_with(posting, transfer_in(rows)));
}

void SqliteUnit::claim_key(const Claim& claim, TransferId transfer, std::int64_t reply, Time time) {
  statements_.claim.change(claim.account, std::string_view(claim.key),
                           static_cast<std::int64_t>(claim.kind), claim.other, claim.amount,
                           transfer, reply, time);
}

AccountId SqliteUnit::create(const Opening& opening) {
  return wholly(opening.claim, [&] {
    require_nothing(wrong_with(opening));
    return open_account(opening);
  });
}

AccountId SqliteUnit::open_account(const Opening& opening) {
  statements_.open.change(std::int64_t{0});
  const AccountId id = sqlite3_last_insert_rowid(writer_.connection().native());
  statements_.open_pin.change(id, std::string_view(opening.pin_hash));
  TransferId transfer = 0;
  if (opening.balance != 0) {
    Posting posting;
    posting.kind = Kind::create;
    posting.credit = id;
    posting.amount = opening.balance;
    posting.credit_after = opening.balance;
    posting.claim = opening.claim;
    posting.time = opening.time;
    transfer = post(posting);
  }
  if (opening.claim) claim_key(*opening.claim, transfer, id, opening.time);
  return id;
}

void SqliteUnit::store_tombstone(AccountId account, std::string_view key, Time time) {
  const Claim claim{account, std::string(key), Kind::none, 0, 0};
  wholly(claim, [&] {
    require_nothing(wrong_with_key(key));
    return statements_.tombstone.change(account, key, time);
  });
}

void SqliteUnit::set_frozen(AccountId id, bool frozen) {
  wholly([&] {
    const int changed = statements_.freeze.change(id, std::int64_t{frozen});
    require(changed == 1, "there is no such account");
    return changed;
  });
}

std::int64_t SqliteUnit::set_pin(AccountId id, std::string_view hash) {
  return wholly([&] {
    require(statements_.set_pin.change(id, hash) == 1, "there is no such account");
    statements_.next_pin_version.change(id);
    Run rows = statements_.account.run(id);
    require(rows.step(), "there is no such account");
    return account_in(rows).pin_version;
  });
}

std::optional<std::int64_t> SqliteUnit::count_attempt(AccountId id, std::int64_t limit) {
  return wholly([&]() -> std::optional<std::int64_t> {
    const bool counted = statements_.count.change(id, limit) == 1;
    Run rows = statements_.attempts.run(id);
    if (rows.step()) return counted ? std::optional(rows.integer(0)) : std::nullopt;
    statements_.count_nobody.change();
    return 1;
  });
}

void SqliteUnit::clear_attempts(AccountId id) {
  wholly([&] {
    const int changed = statements_.clear.change(id);
    require(changed == 1, "there is no such account");
    return changed;
  });
}

void SqliteUnit::commit() {
  if (!alive()) throw StoreFailed("there is no transaction left to commit");
  usable_ = false;
  try {
    writer_.flush();
  } catch (const SqlError& error) {
    writer_.rollback();
    throw StoreFailed(error.what());
  }
  try {
    writer_.commit();
  } catch (const std::exception& error) {  // whatever it is, COMMIT has been tried
    writer_.distrust();
    throw OutcomeUnknown(error.what());
  }
}

}  // namespace ledger
