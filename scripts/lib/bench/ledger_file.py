"""Makes a ledger of many accounts by writing its file, which is a thousand times faster than
sending CREATE."""

import contextlib
import sqlite3

# For each version of the file (PRAGMA user_version): what differs between the rows of account 1,
# which the server has made, and those of account n, whose opening is transfer n.
COPIES = {
    2: {
        "accounts": {"id": "n"},
        "pins": {"account": "n"},
        "transfers": {"id": "n", "credit": "n", "key": "'opening-' || n"},
        "keys": {"key": "'opening-' || n", "transfer": "n", "reply": "n"},
    },
    3: {
        "accounts": {"id": "n", "last": "n"},
        "pins": {"account": "n"},
        "transfers": {"id": "n", "credit": "n", "key": "'opening-' || n"},
        "keys": {"key": "'opening-' || n", "transfer": "n"},
    },
}
FIRST = {"accounts": "id = 1", "pins": "account = 1", "transfers": "id = 1", "keys": "transfer = 1"}


def copy_of(table, columns, changes):
    values = ", ".join(changes.get(column, column) for column in columns)
    return (f"WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers"
            f" WHERE n < :last) INSERT INTO {table} ({', '.join(columns)})"
            f" SELECT {values} FROM numbers, {table} WHERE {table}.{FIRST[table]}")


def fill(path, accounts):
    """Gives a ledger that has one account, opened with a balance, so many of the same kind: each
    with the PIN and the balance of the first, and an opening with a key. AUDIT finds the result
    sound. The server must not run."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as file:
        version = file.execute("PRAGMA user_version").fetchone()[0]
        if version not in COPIES:
            raise SystemExit(f"scripts/lib/bench/ledger_file.py does not know version {version} "
                             "of the ledger; add its tables to COPIES")
        # A crash would cost nothing but this file.
        file.execute("PRAGMA synchronous = OFF")
        file.execute("BEGIN")
        for table, changes in COPIES[version].items():
            columns = [row[1] for row in file.execute(f"PRAGMA table_info({table})")]
            file.execute(copy_of(table, columns, changes), {"last": accounts})
        file.execute("COMMIT")
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
