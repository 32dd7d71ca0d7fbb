#include "db/sqlite/unit.hpp"

#include <string>

#include "db/rules.hpp"
#include "db/sqlite/rows.hpp"

namespace ledger {
namespace {

void require(bool holds, const char* otherwise) {
  if (!holds) throw Contradiction(otherwise);
}

}  // namespace

// move changes a balance only if the result is the one that the request has computed.
UnitStatements::UnitStatements(Database& on)
    : account(on, select(account_columns, "FROM accounts WHERE id = ?1")),
      transfer(on, select(transfer_columns, "FROM transfers WHERE id = ?1")),
      key(on, select_keys("WHERE keys.account = ?1 AND keys.key = ?2")),
      attempts(on, "SELECT attempts FROM pins WHERE account = ?1 AND account <> 0"),
      append(on,
             "INSERT INTO transfers (kind, debit, credit, amount, debit_balance, credit_balance, "
             "debit_previous, credit_previous, key, reverses, time) "
             "VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
             "ifnull((SELECT last FROM accounts WHERE id = ?2), 0), "
             "ifnull((SELECT last FROM accounts WHERE id = ?3), 0), "
             "nullif(?7, ''), nullif(?8, 0), ?9)"),
      move(on, "UPDATE accounts SET balance = ?3, last = ?4 WHERE id = ?1 AND balance + ?2 = ?3"),
      claim(on, "INSERT INTO keys (key, account, transfer) VALUES (?1, ?2, ?3)"),
      claim_of_opened(on, "INSERT INTO keys (key, account, opened, time) VALUES (?1, ?2, ?3, ?4)"),
      tombstone(on, "INSERT INTO keys (key, account, time) VALUES (?1, ?2, ?3)"),
      open(on, "INSERT INTO accounts (id, balance) VALUES (nullif(?1, 0), 0)"),
      open_pin(on, "INSERT INTO pins (account, hash) VALUES (?1, ?2)"),
      freeze(on, "UPDATE accounts SET frozen = ?2 WHERE id = ?1"),
      set_pin(on, "UPDATE pins SET hash = ?2 WHERE account = ?1 AND account <> 0"),
      next_pin_version(on,
                       "UPDATE accounts SET pin_version = pin_version + 1 WHERE id = ?1 "
                       "RETURNING pin_version"),
      count(on,
            "UPDATE pins SET attempts = attempts + 1 "
            "WHERE account = ?1 AND account <> 0 AND attempts < ?2"),
      count_unknown(on, "UPDATE pins SET attempts = 1 - attempts WHERE account = 0"),
      clear(on, "UPDATE pins SET attempts = 0 WHERE account = ?1 AND account <> 0") {}

/// Throws the ledger's exceptions instead of SqlError.
template <typename Step>
auto SqliteUnit::attempt(Step step) {
  if (!alive()) throw StoreFailed("the store has undone the unit of work");
  try {
    return step();
  } catch (const SqlError& error) {
    writer_.rollback();
    if (error.kind() == SQLITE_CONSTRAINT) throw Contradiction(error.what());
    throw StoreFailed(error.what());
  } catch (...) {
    writer_.rollback();
    throw;
  }
}

/// As above; throws KeyTaken if the claimed key had a row, whatever else the step fails for.
template <typename Step>
auto SqliteUnit::attempt(const std::optional<Claim>& claim, Step step) {
  return attempt([&] {
    try {
      return step();
    } catch (const Contradiction&) {
      refuse_taken_key(claim);
      throw;
    } catch (const SqlError& error) {
      if (error.kind() == SQLITE_CONSTRAINT) refuse_taken_key(claim);
      throw;
    }
  });
}

void SqliteUnit::refuse_taken_key(const std::optional<Claim>& claim) {
  if (!claim) return;
  auto row = first(statements_.key.run(claim->account, claim->key), key_in);
  if (row) throw KeyTaken(std::move(*row));
}

SqliteUnit::SqliteUnit(Writer& writer, UnitStatements& statements)
    : writer_(writer), statements_(statements) {
  writer_.begin();
}

SqliteUnit::~SqliteUnit() {
  writer_.rollback();
}

bool SqliteUnit::alive() const {
  return !ended_ && writer_.in_transaction();
}

std::optional<Account> SqliteUnit::retrieve(AccountId id) {
  return attempt([&] { return first(statements_.account.run(id), account_in); });
}

TransferId SqliteUnit::store(const Posting& posting) {
  return attempt(posting.claim, [&] {
    refuse_if_broken(broken_rule(posting));
    if (posting.reverses != 0) {
      const auto original = first(statements_.transfer.run(posting.reverses), transfer_in);
      require(original.has_value(), "the transfer to reverse does not exist");
      refuse_if_broken(broken_rule(posting, *original));
    }
    return append(posting);
  });
}

/// Stores the transfer, the balances after it, and the row of its key.
TransferId SqliteUnit::append(const Posting& posting) {
  const std::string_view key = posting.claim ? posting.claim->key : std::string_view();
  statements_.append.change(static_cast<std::int64_t>(posting.kind), posting.debit, posting.credit,
                            posting.amount, posting.debit == vault ? 0 : posting.debit_after,
                            posting.credit == vault ? 0 : posting.credit_after, key,
                            posting.reverses, posting.time);
  const TransferId id = sqlite3_last_insert_rowid(writer_.database().native());
  move(posting.debit, -posting.amount, posting.debit_after, id);
  move(posting.credit, posting.amount, posting.credit_after, id);
  if (posting.claim) statements_.claim.change(key, posting.claim->account, id);
  return id;
}

void SqliteUnit::move(AccountId account, Cents change, Cents after, TransferId last) {
  if (account == vault) return;
  const bool moved = statements_.move.change(account, change, after, last) == 1;
  require(moved, "the account does not exist or its balance does not match");
}

AccountId SqliteUnit::create(const Opening& opening) {
  return attempt(opening.claim, [&] {
    refuse_if_broken(broken_rule(opening));
    statements_.open.change(opening.id);
    const AccountId id = sqlite3_last_insert_rowid(writer_.database().native());
    statements_.open_pin.change(id, std::string_view(opening.pin_hash));
    if (opening.balance != 0) {
      append(opening_posting(opening, id));
    } else if (opening.claim) {
      statements_.claim_of_opened.change(std::string_view(opening.claim->key),
                                         opening.claim->account, id, opening.time);
    }
    return id;
  });
}

void SqliteUnit::store_tombstone(AccountId account, std::string_view key, Time time) {
  const Claim claim{account, std::string(key), Kind::none, 0, 0};
  attempt(claim, [&] {
    refuse_if_broken(broken_rule_of_key(key));
    return statements_.tombstone.change(key, account, time);
  });
}

void SqliteUnit::set_frozen(AccountId id, bool frozen) {
  attempt([&] {
    const int changed = statements_.freeze.change(id, std::int64_t{frozen});
    require(changed == 1, "the account does not exist");
    return changed;
  });
}

std::int64_t SqliteUnit::set_pin(AccountId id, std::string_view hash) {
  return attempt([&] {
    require(statements_.set_pin.change(id, hash) == 1, "the account does not exist");
    Cursor rows = statements_.next_pin_version.run(id);
    rows.step();
    return rows.integer(0);
  });
}

std::optional<std::int64_t> SqliteUnit::count_attempt(AccountId id, std::int64_t limit) {
  return attempt([&]() -> std::optional<std::int64_t> {
    const bool counted = statements_.count.change(id, limit) == 1;
    Cursor rows = statements_.attempts.run(id);
    if (rows.step()) return counted ? std::optional(rows.integer(0)) : std::nullopt;
    statements_.count_unknown.change();
    return 1;
  });
}

void SqliteUnit::clear_attempts(AccountId id) {
  attempt([&] {
    const int changed = statements_.clear.change(id);
    require(changed == 1, "the account does not exist");
    return changed;
  });
}

void SqliteUnit::commit() {
  if (!alive()) throw StoreFailed("the unit of work has ended");
  ended_ = true;
  try {
    writer_.write_to_log();
  } catch (const SqlError& error) {
    writer_.rollback();
    throw StoreFailed(error.what());
  }
  try {
    writer_.commit();
  } catch (const SqlError& error) {  // of any kind: COMMIT has been tried
    writer_.distrust();
    throw OutcomeUnknown(error.what());
  }
}

}  // namespace ledger
