#pragma once

/// A ledger as release 1.0.0 has left it.

#include <array>
#include <filesystem>
#include <string>

#include "db/sqlite/database.hpp"
#include "db/sqlite/schema.hpp"

namespace released {

/// The file in SQL, as `sqlite3 ledger.db .dump` printed it: two starts, three openings, two
/// deposits, a withdrawal, two transfers, a reversal, two tombstones, a frozen account, a new PIN,
/// and two wrong PINs. A test of the file's format uses it, so it must stay as it is.
inline constexpr const char* by_1_0_0 = R"sql(
PRAGMA application_id = 1096043852;
PRAGMA user_version = 1;
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY CHECK (id >= 0),
  balance INTEGER NOT NULL CHECK (balance BETWEEN 0 AND 1000000000000000000),
  frozen INTEGER NOT NULL DEFAULT 0 CHECK (frozen IN (0, 1)),
  pin_version INTEGER NOT NULL DEFAULT 1 CHECK (pin_version >= 1),
  CHECK (id <> 0 OR balance = 0)
) STRICT;
INSERT INTO accounts VALUES(0,0,0,1);
INSERT INTO accounts VALUES(1,1000,0,1);
INSERT INTO accounts VALUES(2,307,0,2);
INSERT INTO accounts VALUES(3,50,1,1);
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
INSERT INTO keys VALUES(42,'early',2,0,0,0,NULL,0,1700000000000001);
INSERT INTO keys VALUES(1,'never',2,0,0,0,NULL,0,1700000000000001);
INSERT INTO keys VALUES(0,'open-1',1,1,0,1000,1,1,1700000000000000);
INSERT INTO keys VALUES(0,'open-2',1,1,0,0,NULL,2,1700000000000000);
INSERT INTO keys VALUES(1,'pay-in',1,2,0,500,3,1500,1700000000000000);
INSERT INTO keys VALUES(1,'pay-out',1,3,0,200,4,1300,0);
INSERT INTO keys VALUES(1,'rent',1,4,2,300,5,1000,0);
INSERT INTO keys VALUES(1,'wrong',1,4,3,100,6,900,0);
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES('starts',2);
CREATE TABLE pins (
  account INTEGER PRIMARY KEY REFERENCES accounts (id),
  hash TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0)
) STRICT;
INSERT INTO pins VALUES(0,'',0);
INSERT INTO pins VALUES(1,'hash',0);
INSERT INTO pins VALUES(2,'other',2);
INSERT INTO pins VALUES(3,'hash',0);
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
INSERT INTO transfers VALUES(1,1,0,1,1000,0,1000,'open-1',NULL,1700000000000000);
INSERT INTO transfers VALUES(2,1,0,3,50,0,50,NULL,NULL,1700000000000000);
INSERT INTO transfers VALUES(3,2,0,1,500,0,1500,'pay-in',NULL,1700000000000000);
INSERT INTO transfers VALUES(4,3,1,0,200,1300,0,'pay-out',NULL,0);
INSERT INTO transfers VALUES(5,4,1,2,300,1000,300,'rent',NULL,0);
INSERT INTO transfers VALUES(6,4,1,3,100,900,150,'wrong',NULL,0);
INSERT INTO transfers VALUES(7,5,3,1,100,50,1000,NULL,6,0);
INSERT INTO transfers VALUES(8,2,0,2,7,0,307,NULL,NULL,1700000000000000);
CREATE INDEX transfers_debit ON transfers (debit) WHERE debit <> 0;
CREATE INDEX transfers_credit ON transfers (credit) WHERE credit <> 0;
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

/// Makes the file with that version, 1 or 2, through the named VFS or the default one if null. A
/// file of version 2 has the same rows and an identity.
inline void make(const std::filesystem::path& file, std::size_t version,
                 const char* vfs = nullptr) {
  ledger::Database database(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs);
  database.run(by_1_0_0);
  database.text("PRAGMA journal_mode = WAL");
  ledger::migrate(database, ledger::migrations().first(version));
}

}  // namespace released
