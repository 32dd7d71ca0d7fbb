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
           "INSERT INTO transfers VALUES (9, 2, 0, 2, 1, 0, 31, 0, 4, 'k', NULL, 1); "
           "UPDATE accounts SET balance = 31, last = 9 WHERE id = 2",
           "INSERT INTO transfers VALUES (9, 2, 0, 8, 1, 0, 1, 0, 0, NULL, NULL, 1)",
           "DROP INDEX transfers_reverses; "
           "INSERT INTO transfers VALUES (9, 5, 2, 1, 30, 0, 130, 4, 3, NULL, 2, 1); "
           "UPDATE accounts SET balance = 130, last = 9 WHERE id = 1; "
           "UPDATE accounts SET balance = 0, last = 9 WHERE id = 2",
           "UPDATE transfers SET reverses = 8 WHERE id = 3",
           "UPDATE accounts SET last = 0 WHERE id = 1",
           "UPDATE accounts SET last = 4 WHERE id = 1",
           "UPDATE accounts SET last = 9 WHERE id = 2",
           "UPDATE transfers SET debit_previous = 0 WHERE id = 2",
           "UPDATE transfers SET debit_previous = 4 WHERE id = 2",
           "UPDATE transfers SET credit_previous = 2 WHERE id = 4",
           "UPDATE transfers SET debit_previous = 1 WHERE id = 1",
           "DELETE FROM keys WHERE key = 'send'",
           "UPDATE keys SET transfer = NULL, time = 1 WHERE key = 'send'",
           "UPDATE keys SET transfer = NULL, opened = 2, time = 1 WHERE key = 'new'",
           "UPDATE keys SET transfer = 4 WHERE key = 'send'",
           "UPDATE keys SET transfer = 9 WHERE key = 'send'",
           "UPDATE keys SET transfer = NULL WHERE key = 'send'",
           "UPDATE keys SET transfer = 4, time = NULL WHERE key = 'dead'",
           "UPDATE keys SET account = 2 WHERE key = 'send'",
           "INSERT INTO keys VALUES ('more', 1, 2, NULL, NULL)",
           "INSERT INTO keys VALUES ('more', 0, NULL, 9, 1)",
           "INSERT INTO pins (account, hash) VALUES (9, 'h')",
           "DELETE FROM pins WHERE account = 2",
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
  for (const char* condition : {"reverses IS NOT NULL AND id <> 3", "id >= 3"}) {
    CAPTURE(std::string(condition));
    const Folder folder;
    fill(folder.path());
    const std::string create = "CREATE UNIQUE INDEX transfers_reverses ON transfers (reverses) ";
    damage(folder.path(), "DROP INDEX transfers_reverses; " + create + "WHERE " + condition);
    damage(folder.path(), "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = '" + create +
                              "WHERE reverses IS NOT NULL' WHERE name = 'transfers_reverses'; "
                              "PRAGMA writable_schema = RESET;");
    const AuditReport report = steps::audit(*open_sqlite(folder.path()));
    CHECK(report.violations > 0);
    REQUIRE_FALSE(report.details.empty());
    CHECK(report.details[0].find("index") != std::string::npos);
  }
}

TEST_CASE("An audit names the transfer or the account where a chain breaks") {
  const struct {
    const char* damage;
    const char* says;
  } cases[] = {
      {"UPDATE transfers SET debit_previous = 0 WHERE id = 2",
       "transfer 2 names no transfer as the one before it of account 1, not transfer 1"},
      {"UPDATE transfers SET credit_previous = 0 WHERE id = 4",
       "transfer 4 names no transfer as the one before it of account 2, not transfer 3"},
      {"UPDATE accounts SET last = 2 WHERE id = 1",
       "account 1 names transfer 2 as its last, not transfer 3"},
      {"INSERT INTO accounts VALUES (9, 0, 0, 1, 4); INSERT INTO pins VALUES (9, 'h', 0)",
       "account 9 names transfer 4 as its last, not no transfer"},
      {"DELETE FROM pins WHERE account = 1", "account 1 has no PIN"},
      {"INSERT INTO pins VALUES (9, 'h', 0)", "account 9 has a PIN but does not exist"},
  };
  for (const auto& each : cases) {
    const Folder folder;
    fill(folder.path());
    damage(folder.path(), each.damage);
    const AuditReport report = steps::audit(*open_sqlite(folder.path()));
    CHECK(report.violations == 1);
    REQUIRE_FALSE(report.details.empty());
    CHECK(report.details[0] == each.says);
  }
}

TEST_CASE("The history of a damaged chain ends at the damage") {
  for (const char* sql : {"UPDATE transfers SET debit_previous = 3 WHERE id = 2",
                          "UPDATE transfers SET debit_previous = 2 WHERE id = 2",
                          "UPDATE transfers SET debit_previous = 9 WHERE id = 2",
                          "UPDATE transfers SET debit_previous = -1 WHERE id = 2"}) {
    CAPTURE(std::string(sql));
    const Folder folder;
    fill(folder.path());
    damage(folder.path(), sql);
    CHECK(open_sqlite(folder.path())->history(1, steps::newest, 100).size() == 2);
  }
}

TEST_CASE("An audit finds a damaged page and goes on") {
  const Folder folder;
  fill(folder.path());
  damage_root_page(folder, "transfers_reverses");
  const auto books = open_sqlite(folder.path());
  const AuditReport report = steps::audit(*books);
  CHECK(report.violations > 0);
  CHECK_MESSAGE(report.accounts == 2, "the stages after that of the transfers run");
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

TEST_CASE("An audit of several batches of keys finds a wrong one in each") {
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
  // One key more in the middle of each batch, and one at the end.
  const std::string more = "INSERT INTO keys SELECT key || 'x', 1, 7, NULL, NULL FROM keys ";
  damage(folder.path(), more + "ORDER BY key LIMIT 1 OFFSET 5000");
  damage(folder.path(), more + "ORDER BY key LIMIT 1 OFFSET 15000");
  damage(folder.path(), more + "ORDER BY key DESC LIMIT 1");
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
