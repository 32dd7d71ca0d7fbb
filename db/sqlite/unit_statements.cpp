#include "db/sqlite/unit_statements.hpp"

#include "db/sqlite/rows.hpp"

namespace ledger {

// debit and credit change a balance only if the result is the one that the request has computed.
UnitStatements::UnitStatements(Database& on)
    : savepoint(on, "SAVEPOINT step"),
      release(on, "RELEASE step"),
      rollback_to(on, "ROLLBACK TO step"),
      account(on, select(account_columns, "FROM accounts WHERE id = ?1 AND id <> 0")),
      transfer(on, select(transfer_columns, "FROM transfers WHERE id = ?1")),
      key(on, select(key_columns, "FROM keys WHERE account = ?1 AND key = ?2")),
      attempts(on, "SELECT attempts FROM pins WHERE account = ?1 AND account <> 0"),
      debit(on, "UPDATE accounts SET balance = balance - ?2 WHERE id = ?1 AND balance - ?2 = ?3"),
      credit(on, "UPDATE accounts SET balance = balance + ?2 WHERE id = ?1 AND balance + ?2 = ?3"),
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
      count_unknown(on, "UPDATE pins SET attempts = 1 - attempts WHERE account = 0"),
      clear(on, "UPDATE pins SET attempts = 0 WHERE account = ?1 AND account <> 0") {}

}  // namespace ledger
