#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include "db/sqlite/sqlite_ledger.hpp"
#include "tests/db/folder.hpp"
#include "tests/db/raw.hpp"
#include "tests/db/steps.hpp"

using namespace ledger;

namespace {

void fill(const std::filesystem::path& directory) {
  const auto books = open_sqlite(directory);
  const AccountId one = steps::create(*books, 100, "new");
  const AccountId two = steps::create(*books, 0);
  const TransferId id = steps::store(*books, steps::transfer(one, 100, two, 0, 30, "send"));
  steps::store(*books, steps::reverse(*books->transfer(id), 70, 30));
  steps::store(*books, steps::deposit(two, 0, 30, "in"));
  steps::store_tombstone(*books, one, "dead");
}

/// Runs the SQL without the constraints and triggers of the schema.
void damage(const std::filesystem::path& directory, const std::string& sql) {
  std::filesystem::remove(directory /
                          "lock");  // it would refuse a ledger without its last transfer
  Raw raw(directory / "ledger.db");
  raw.run("PRAGMA ignore_check_constraints = ON");
  for (const char* name : {"transfers_stay", "transfers_remain", "keys_stay", "keys_remain"}) {
    raw.run(std::string("DROP TRIGGER IF EXISTS ") + name);
  }
  raw.run(sql);
}

/// Overwrites the beginning of the first page of a table or an index.
void damage_root_page(const Folder& folder, const std::string& name) {
  const auto path = folder.path() / "ledger.db";
  const int page =
      std::stoi(Raw(path).ask("SELECT rootpage FROM sqlite_schema WHERE name = '" + name + "'"));
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp((page - 1) * 4096);
  file << std::string(64, '\xff');
}

}  // namespace

TEST_CASE("An audit finds each change made past the ledger") {
  for (const char* sql : {
           "UPDATE accounts SET balance = balance + 1 WHERE id = 1",
           "UPDATE accounts SET balance = -1 WHERE id = 2",
           "UPDATE accounts SET balance = balance - 10 WHERE id = 1; "
           "UPDATE accounts SET balance = balance + 10 WHERE id = 2",
           "INSERT INTO accounts (id, balance) VALUES (9, 5)",
           "UPDATE transfers SET amount = 31 WHERE id = 2",
           "UPDATE transfers SET debit_balance = 71 WHERE id = 2",
           "UPDATE transfers SET credit = 9 WHERE id = 2",
           "UPDATE transfers SET key = 'other' WHERE id = 2",
           "UPDATE transfers SET key = NULL WHERE id = 2",
           "UPDATE transfers SET key = 'send' WHERE id = 4",
           "DELETE FROM transfers WHERE id = 4",
           "DELETE FROM transfers WHERE id = 2",
           "INSERT INTO transfers VALUES (9, 2, 0, 2, 1, 0, 31, 'k', NULL, 1); "
           "UPDATE accounts SET balance = 31 WHERE id = 2",
           "DROP INDEX transfers_reverses; "
           "INSERT INTO transfers VALUES (9, 5, 2, 1, 30, 0, 130, NULL, 2, 1); "
           "UPDATE accounts SET balance = 130 WHERE id = 1; "
           "UPDATE accounts SET balance = 0 WHERE id = 2",
           "DELETE FROM keys WHERE key = 'send'",
           "UPDATE keys SET outcome = 2 WHERE key = 'send'",
           "UPDATE keys SET amount = 31 WHERE key = 'send'",
           "UPDATE keys SET transfer = 4 WHERE key = 'send'",
           "UPDATE keys SET transfer = NULL WHERE key = 'send'",
           "UPDATE keys SET transfer = 4 WHERE key = 'dead'",
           "UPDATE keys SET reply = 2 WHERE key = 'new'",
           "INSERT INTO keys VALUES (1, 'more', 1, 4, 2, 30, 2, 70, 1)",
           "INSERT INTO pins (account, hash) VALUES (9, 'h')",
           "UPDATE accounts SET frozen = 2 WHERE id = 1",
       }) {
    CAPTURE(std::string(sql));
    const Folder folder;
    fill(folder.path());
    damage(folder.path(), sql);
    const auto books = open_sqlite(folder.path());
    const AuditReport report = steps::audit(*books);
    CHECK(report.violations > 0);
    CHECK_FALSE(report.details.empty());
  }
}

TEST_CASE("An audit finds an index whose entries are not those of its table") {
  // Makes an index with another condition, and gives it the condition of the schema afterwards.
  for (const char* side : {"debit", "credit"}) {
    for (const bool missing : {false, true}) {
      CAPTURE(std::string(side));
      CAPTURE(missing);
      const Folder folder;
      fill(folder.path());
      steps::store(*open_sqlite(folder.path()), steps::withdraw(2, 30, 1));
      const std::string index = std::string("transfers_") + side;
      const std::string condition = missing ? " <> 0 AND id <> 2" : " <> 7";
      damage(folder.path(), "DROP INDEX " + index + "; CREATE INDEX " + index + " ON transfers (" +
                                side + ") WHERE " + side + condition + ";");
      damage(folder.path(),
             "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE INDEX " + index +
                 " ON transfers (" + side + ") WHERE " + side + " <> 0' WHERE name = '" + index +
                 "'; PRAGMA writable_schema = RESET;");
      const AuditReport report = steps::audit(*open_sqlite(folder.path()));
      CHECK(report.violations > 0);
      REQUIRE_FALSE(report.details.empty());
      CHECK(report.details[0].find("index") != std::string::npos);
    }
  }
}

TEST_CASE("An audit finds a damaged page and goes on") {
  const Folder folder;
  fill(folder.path());
  damage_root_page(folder, "transfers_credit");
  const auto books = open_sqlite(folder.path());
  const AuditReport report = steps::audit(*books);
  CHECK(report.violations > 0);
  CHECK(report.accounts == 2);
  CHECK(report.transfers == 4);
}

TEST_CASE("An audit reports a table that it cannot read") {
  const Folder folder;
  fill(folder.path());
  damage_root_page(folder, "transfers");
  const auto books = open_sqlite(folder.path());
  const AuditReport report = steps::audit(*books);
  CHECK(report.violations > 0);
  CHECK(report.accounts == 2);
  CHECK_THROWS_AS(books->transfer(1), StoreFailed);
}

TEST_CASE("An audit of several batches finds one damaged key in each") {
  constexpr Cents many = 21'000;
  const Folder folder;
  {
    const auto books = open_sqlite(folder.path());
    const AccountId id = steps::create(*books, 0);
    const auto unit = books->begin();
    for (Cents has = 0; has < many; ++has) {
      unit->store(steps::deposit(id, has, 1, "key-" + std::to_string(has)));
    }
    unit->commit();
  }
  CHECK(steps::audit(*open_sqlite(folder.path())).violations == 0);
  // One key in the middle of each batch, and the last key.
  damage(folder.path(),
         "UPDATE keys SET amount = 2 WHERE key IN (SELECT key FROM keys ORDER BY key "
         "LIMIT 1 OFFSET 5000)");
  damage(folder.path(),
         "UPDATE keys SET amount = 2 WHERE key IN (SELECT key FROM keys ORDER BY key "
         "LIMIT 1 OFFSET 15000)");
  damage(folder.path(), "UPDATE keys SET amount = 2 WHERE key = (SELECT max(key) FROM keys)");
  const AuditReport report = steps::audit(*open_sqlite(folder.path()));
  CHECK(report.transfers == many);
  CHECK(report.violations == 3);
}

TEST_CASE("An audit of several batches of accounts finds the one that is damaged") {
  constexpr AccountId many = 10'001;
  const Folder folder;
  {
    const auto books = open_sqlite(folder.path());
    const auto unit = books->begin();
    for (AccountId id = 1; id <= many; ++id) unit->create(steps::opening(id == many ? 5 : 0));
    unit->commit();
  }
  const AuditReport report = steps::audit(*open_sqlite(folder.path()));
  CHECK(report.accounts == many);
  CHECK_MESSAGE(report.violations == 0, "the last account is not missing");
  damage(folder.path(), "UPDATE accounts SET balance = 1 WHERE id = 10001");
  CHECK(steps::audit(*open_sqlite(folder.path())).violations == 1);
}

TEST_CASE("Transfers committed while an audit runs are no violation, however many") {
  const Folder folder;
  const auto books = open_sqlite(folder.path());
  const AccountId id = steps::create(*books, 0);
  const auto audit = books->audit();
  REQUIRE(audit->next(steps::always));  // the transfers, of which there are none yet
  {
    const auto unit = books->begin();
    for (Cents has = 0; has < 10'001; ++has) unit->store(steps::deposit(id, has, 1));
    unit->commit();
  }
  while (audit->next(steps::always)) {
  }
  CHECK_MESSAGE(audit->report().transfers == 0, "it counts those that existed at its start");
  CHECK(audit->report().violations == 0);
}

TEST_CASE("A long audit asks often whether to go on, and stops if not") {
  const Folder folder;
  const auto books = open_sqlite(folder.path());
  const AccountId id = steps::create(*books, 0);
  {
    const auto unit = books->begin();
    for (Cents has = 0; has < 12'000; ++has) {
      unit->store(steps::deposit(id, has, 1, "key-" + std::to_string(has)));
    }
    unit->commit();
  }
  int asked = 0;
  const auto audit = books->audit();
  while (audit->next([&] { return ++asked > 0; })) {
  }
  CHECK(asked > 60);
  CHECK(audit->report().transfers == 12'000);
  CHECK(audit->report().violations == 0);

  for (int stop_at = 1; stop_at < asked; stop_at += 20) {
    const auto stopped = books->audit();
    int left = stop_at;
    while (stopped->next([&] { return --left > 0; }) && left > 0) {
    }
    CHECK_MESSAGE(left == 0, "after false it does not ask again");
    CHECK(stopped->report().violations == 0);
  }
}
