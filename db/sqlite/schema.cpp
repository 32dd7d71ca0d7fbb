#include "db/sqlite/schema.hpp"

#include <array>

#include "db/ledger.hpp"
#include "db/sqlite/remedies.hpp"

namespace ledger {
namespace {

// The bounds are those of db/records.hpp. The vault has a row because every debit and credit refers
// to one. Its balance stays 0, so that transfers do not all write that row. Its PIN row counts
// attempts at unknown accounts. The keys are ordered by key before account: keys made from the
// clock (UUIDv7) then all go to one end of the table, which halves the pages that a commit writes.
constexpr std::string_view version_1 = R"sql(
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
  id INTEGER PRIMARY KEY CHECK (id >= 0),
  balance INTEGER NOT NULL CHECK (balance BETWEEN 0 AND 1000000000000000000),
  frozen INTEGER NOT NULL DEFAULT 0 CHECK (frozen IN (0, 1)),
  pin_version INTEGER NOT NULL DEFAULT 1 CHECK (pin_version >= 1),
  CHECK (id <> 0 OR balance = 0)
) STRICT;

CREATE TABLE pins (
  account INTEGER PRIMARY KEY REFERENCES accounts (id),
  hash TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0)
) STRICT;

CREATE TABLE transfers (
  id INTEGER PRIMARY KEY CHECK (id >= 1),
  kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 5),
  debit INTEGER NOT NULL REFERENCES accounts (id),
  credit INTEGER NOT NULL REFERENCES accounts (id),
  amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 1000000000000000),
  debit_balance INTEGER NOT NULL CHECK (debit_balance BETWEEN 0 AND 1000000000000000000),
  credit_balance INTEGER NOT NULL CHECK (credit_balance BETWEEN 0 AND 1000000000000000000),
  key TEXT CHECK (length(key) BETWEEN 1 AND 64),
  reverses INTEGER REFERENCES transfers (id),
  time INTEGER NOT NULL,
  CHECK (debit <> credit),
  CHECK (debit <> 0 OR debit_balance = 0),
  CHECK (credit <> 0 OR credit_balance = 0),
  CHECK (kind NOT IN (1, 2) OR debit = 0),
  CHECK (kind <> 3 OR credit = 0),
  CHECK (kind <> 4 OR (debit <> 0 AND credit <> 0)),
  CHECK ((kind = 5) = (reverses IS NOT NULL))
) STRICT;
CREATE INDEX transfers_debit ON transfers (debit) WHERE debit <> 0;
CREATE INDEX transfers_credit ON transfers (credit) WHERE credit <> 0;
CREATE UNIQUE INDEX transfers_reverses ON transfers (reverses) WHERE reverses IS NOT NULL;

CREATE TABLE keys (
  account INTEGER NOT NULL CHECK (account >= 0),
  key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 64),
  outcome INTEGER NOT NULL CHECK (outcome IN (1, 2)),  -- committed, cancelled
  kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 4),
  other INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  transfer INTEGER REFERENCES transfers (id),
  reply INTEGER NOT NULL,
  time INTEGER NOT NULL,
  PRIMARY KEY (key, account),
  CHECK ((outcome = 2) = (kind = 0)),
  CHECK (outcome = 1 OR transfer IS NULL),
  CHECK (outcome = 2 OR transfer IS NOT NULL OR (kind = 1 AND amount = 0))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER transfers_stay BEFORE UPDATE ON transfers
BEGIN SELECT RAISE(ABORT, 'transfers are only ever appended'); END;
CREATE TRIGGER transfers_remain BEFORE DELETE ON transfers
BEGIN SELECT RAISE(ABORT, 'transfers are only ever appended'); END;
CREATE TRIGGER keys_stay BEFORE UPDATE ON keys
BEGIN SELECT RAISE(ABORT, 'a key keeps its row for good'); END;
CREATE TRIGGER keys_remain BEFORE DELETE ON keys
BEGIN SELECT RAISE(ABORT, 'a key keeps its row for good'); END;
CREATE TRIGGER accounts_remain BEFORE DELETE ON accounts
BEGIN SELECT RAISE(ABORT, 'an account is never deleted'); END;

INSERT INTO meta (name, value) VALUES ('starts', 0);
INSERT INTO accounts (id, balance) VALUES (0, 0);
INSERT INTO pins (account, hash) VALUES (0, '');
)sql";

// identity: a number that this ledger shares with its copies only. logs: how many logs have begun.
constexpr std::string_view to_version_2 = R"sql(
INSERT INTO meta (name, value)
VALUES ('identity', random() & 9223372036854775807), ('logs', 0);
)sql";

// Compact rows. A transfer names the transfer before it of each of its accounts, and an account its
// last one, so the history follows these chains and needs no index. A key's row repeats nothing
// that its transfer holds. There are no references: the audit checks them. The vault has no row.
//
// opened: the account that a create without money has opened. A row with neither transfer nor
// account is a tombstone.
constexpr const char* compact_tables = R"sql(
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 9223372036854775806),
  balance INTEGER NOT NULL CHECK (balance BETWEEN 0 AND 1000000000000000000),
  frozen INTEGER NOT NULL DEFAULT 0 CHECK (frozen IN (0, 1)),
  pin_version INTEGER NOT NULL DEFAULT 1 CHECK (pin_version >= 1),
  last INTEGER NOT NULL DEFAULT 0 CHECK (last >= 0)
) STRICT;

CREATE TABLE pins (
  account INTEGER PRIMARY KEY CHECK (account >= 0),
  hash TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0)
) STRICT;

CREATE TABLE transfers (
  id INTEGER PRIMARY KEY CHECK (id >= 1),
  kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 5),
  debit INTEGER NOT NULL CHECK (debit >= 0),
  credit INTEGER NOT NULL CHECK (credit >= 0),
  amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 1000000000000000),
  debit_balance INTEGER NOT NULL CHECK (debit_balance BETWEEN 0 AND 1000000000000000000),
  credit_balance INTEGER NOT NULL CHECK (credit_balance BETWEEN 0 AND 1000000000000000000),
  debit_previous INTEGER NOT NULL CHECK (debit_previous BETWEEN 0 AND id - 1),
  credit_previous INTEGER NOT NULL CHECK (credit_previous BETWEEN 0 AND id - 1),
  key TEXT CHECK (length(key) BETWEEN 1 AND 64),
  reverses INTEGER CHECK (reverses BETWEEN 1 AND id - 1),
  time INTEGER NOT NULL,
  CHECK (debit <> credit),
  CHECK (debit <> 0 OR (debit_balance = 0 AND debit_previous = 0)),
  CHECK (credit <> 0 OR (credit_balance = 0 AND credit_previous = 0)),
  CHECK (kind NOT IN (1, 2) OR debit = 0),
  CHECK (kind <> 3 OR credit = 0),
  CHECK (kind <> 4 OR (debit <> 0 AND credit <> 0)),
  CHECK ((kind = 5) = (reverses IS NOT NULL))
) STRICT;

CREATE TABLE keys (
  key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 64),
  account INTEGER NOT NULL CHECK (account >= 0),
  transfer INTEGER CHECK (transfer >= 1),
  opened INTEGER CHECK (opened IS NULL OR (opened >= 1 AND account = 0)),
  time INTEGER,
  PRIMARY KEY (key, account),
  CHECK ((transfer IS NULL) = (time IS NOT NULL)),
  CHECK (transfer IS NULL OR opened IS NULL)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX transfers_reverses ON transfers (reverses) WHERE reverses IS NOT NULL;
CREATE TRIGGER transfers_stay BEFORE UPDATE ON transfers
BEGIN SELECT RAISE(ABORT, 'transfers are only ever appended'); END;
CREATE TRIGGER transfers_remain BEFORE DELETE ON transfers
BEGIN SELECT RAISE(ABORT, 'transfers are only ever appended'); END;
CREATE TRIGGER keys_stay BEFORE UPDATE ON keys
BEGIN SELECT RAISE(ABORT, 'a key keeps its row for good'); END;
CREATE TRIGGER keys_remain BEFORE DELETE ON keys
BEGIN SELECT RAISE(ABORT, 'a key keeps its row for good'); END;
CREATE TRIGGER accounts_remain BEFORE DELETE ON accounts
BEGIN SELECT RAISE(ABORT, 'an account is never deleted'); END;
)sql";

constexpr const char* rename_tables = R"sql(
DROP TRIGGER IF EXISTS transfers_stay;
DROP TRIGGER IF EXISTS transfers_remain;
DROP TRIGGER IF EXISTS keys_stay;
DROP TRIGGER IF EXISTS keys_remain;
DROP TRIGGER IF EXISTS accounts_remain;
DROP INDEX IF EXISTS transfers_reverses;
ALTER TABLE accounts RENAME TO old_accounts;
ALTER TABLE pins RENAME TO old_pins;
ALTER TABLE transfers RENAME TO old_transfers;
ALTER TABLE keys RENAME TO old_keys;
)sql";

// A key that disagrees with its transfer gets NULL for it and no time, which the table refuses, so
// that a damaged file stays as it is.
constexpr const char* copy_rows = R"sql(
INSERT INTO transfers
SELECT id, kind, debit, credit, amount, debit_balance, credit_balance,
  iif(debit = 0, 0, max(
    ifnull((SELECT max(id) FROM old_transfers AS p
            WHERE p.debit = t.debit AND p.debit <> 0 AND p.id < t.id), 0),
    ifnull((SELECT max(id) FROM old_transfers AS p
            WHERE p.credit = t.debit AND p.credit <> 0 AND p.id < t.id), 0))),
  iif(credit = 0, 0, max(
    ifnull((SELECT max(id) FROM old_transfers AS p
            WHERE p.debit = t.credit AND p.debit <> 0 AND p.id < t.id), 0),
    ifnull((SELECT max(id) FROM old_transfers AS p
            WHERE p.credit = t.credit AND p.credit <> 0 AND p.id < t.id), 0))),
  key, reverses, time
FROM old_transfers AS t ORDER BY id;

INSERT INTO accounts
SELECT id, balance, frozen, pin_version, max(
  ifnull((SELECT max(id) FROM old_transfers WHERE debit = a.id AND debit <> 0), 0),
  ifnull((SELECT max(id) FROM old_transfers WHERE credit = a.id AND credit <> 0), 0))
FROM old_accounts AS a WHERE id <> 0 ORDER BY id;

INSERT INTO pins SELECT account, hash, attempts FROM old_pins ORDER BY account;

INSERT INTO keys
SELECT k.key, account,
  iif(k.kind = t.kind AND k.amount = t.amount AND k.key = t.key
      AND other = iif(t.kind = 4, credit, 0)
      AND account = CASE t.kind WHEN 1 THEN 0 WHEN 2 THEN credit ELSE debit END
      AND reply = CASE t.kind WHEN 1 THEN credit WHEN 2 THEN credit_balance ELSE debit_balance END,
    transfer, NULL),
  iif(transfer IS NULL AND k.kind = 1, reply, NULL),
  iif(transfer IS NULL, k.time, NULL)
FROM old_keys AS k LEFT JOIN old_transfers AS t ON t.id = transfer ORDER BY k.key, account;

DROP TABLE old_keys;
DROP TABLE old_pins;
DROP TABLE old_accounts;
DROP TABLE old_transfers;
)sql";

constexpr const char* first_rows = R"sql(
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta (name, value)
VALUES ('starts', 0), ('identity', random() & 9223372036854775807), ('logs', 0);
INSERT INTO pins (account, hash) VALUES (0, '');
)sql";

/// Runs the SQL and marks the file as ours and of this version, in one transaction.
void run_whole(Database& database, const std::string& sql, std::size_t version) {
  try {
    database.run(("BEGIN IMMEDIATE;" + sql +
                  "PRAGMA application_id = " + std::to_string(application_id) +
                  ";PRAGMA user_version = " + std::to_string(version) + ";COMMIT;")
                     .c_str());
  } catch (const SqlError&) {
    if (database.in_transaction()) {
      sqlite3_exec(database.native(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
    throw;
  }
}

}  // namespace

std::span<const std::string_view> migrations() {
  static const std::string to_version_3 = std::string(rename_tables) + compact_tables + copy_rows;
  static const std::array<std::string_view, 3> all{version_1, to_version_2, to_version_3};
  return all;
}

void check_identity(Database& database, std::span<const std::string_view> steps) {
  const std::int64_t owner = database.integer("PRAGMA application_id");
  const std::int64_t version = database.integer("PRAGMA user_version");
  const bool untouched =
      owner == 0 && version == 0 && database.integer("SELECT count(*) FROM sqlite_schema") == 0;
  if (untouched) return;
  if (owner != application_id) refuse("ledger.db is another application's file", choose_directory);
  if (version < 1) refuse("ledger.db has no version", restore_or_begin);
  if (version > static_cast<std::int64_t>(steps.size())) {
    throw OpenFailed("ledger.db has version " + std::to_string(version) +
                     " and this program reads up to " + std::to_string(steps.size()) +
                     "; use a newer program");
  }
}

bool is_current(Database& database, std::span<const std::string_view> steps) {
  return database.integer("PRAGMA application_id") == application_id &&
         database.integer("PRAGMA user_version") == static_cast<std::int64_t>(steps.size());
}

void create_tables(Database& database) {
  run_whole(database, std::string(compact_tables) + first_rows, migrations().size());
}

void migrate(Database& database, std::span<const std::string_view> steps) {
  const auto version = static_cast<std::size_t>(database.integer("PRAGMA user_version"));
  if (version >= steps.size()) return;
  std::string sql;
  for (const std::string_view step : steps.subspan(version)) sql += step;
  run_whole(database, sql, steps.size());
}

}  // namespace ledger
