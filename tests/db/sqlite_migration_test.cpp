/// Ledgers of older versions, and what is left of one when its migration fails or the power does.

#include <array>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "db/sqlite/schema.hpp"
#include "db/sqlite/sqlite_ledger.hpp"
#include "tests/db/faulty_vfs.hpp"
#include "tests/db/folder.hpp"
#include "tests/db/opening.hpp"
#include "tests/db/raw.hpp"
#include "tests/db/released.hpp"
#include "tests/db/steps.hpp"

using namespace ledger;
namespace fs = std::filesystem;

namespace {

fs::path made(const Folder& folder, std::size_t version) {
  const fs::path data = folder.path() / "data";
  fs::create_directory(data);
  released::make(data / "ledger.db", version);
  return data;
}

std::vector<TransferId> history(Ledger& books, AccountId id) {
  std::vector<TransferId> found;
  for (const Transfer& row : books.history(id, steps::newest, 100)) found.push_back(row.id);
  return found;
}

void check_key(Ledger& books, AccountId account, const std::string& key, const Claim& claim,
               TransferId transfer, std::int64_t reply) {
  CAPTURE(key);
  const auto row = books.key(account, key);
  REQUIRE(row);
  CHECK(row->claim.account == account);
  CHECK(row->claim.key == key);
  CHECK(row->claim.kind == claim.kind);
  CHECK(row->claim.other == claim.other);
  CHECK(row->claim.amount == claim.amount);
  CHECK_FALSE(row->cancelled);
  CHECK(row->transfer == transfer);
  CHECK(row->reply == reply);
}

/// Checks that the ledger holds what release 1.0.0 stored.
void check_rows(Ledger& books) {
  CHECK(books.last_account() == 3);
  CHECK(steps::balance(books, 1) == 1000);
  CHECK(steps::balance(books, 2) == 307);
  CHECK(steps::balance(books, 3) == 50);
  CHECK(books.account(3)->frozen);
  CHECK_FALSE(books.account(2)->frozen);
  CHECK(books.pin(2)->version == 2);
  CHECK(books.pin(2)->attempts == 2);
  CHECK(books.pin(2)->hash == "other");
  check_key(books, 0, "open-1", {0, "", Kind::create, 0, 1000}, 1, 1);
  check_key(books, 0, "open-2", {0, "", Kind::create, 0, 0}, 0, 2);
  check_key(books, 1, "pay-in", {0, "", Kind::deposit, 0, 500}, 3, 1500);
  check_key(books, 1, "pay-out", {0, "", Kind::withdraw, 0, 200}, 4, 1300);
  check_key(books, 1, "rent", {0, "", Kind::transfer, 2, 300}, 5, 1000);
  check_key(books, 1, "wrong", {0, "", Kind::transfer, 3, 100}, 6, 900);
  CHECK(books.key(1, "wrong")->reversed_by == 7);
  CHECK(books.key(0, "open-2")->time == 1'700'000'000'000'000);
  CHECK(books.key(1, "pay-in")->time == 1'700'000'000'000'000);
  CHECK(books.key(1, "never")->cancelled);
  CHECK(books.key(1, "never")->time == 1'700'000'000'000'001);
  CHECK(books.key(42, "early")->cancelled);
  CHECK(history(books, 1) == std::vector<TransferId>{7, 6, 5, 4, 3, 1});
  CHECK(history(books, 2) == std::vector<TransferId>{8, 5});
  CHECK(history(books, 3) == std::vector<TransferId>{7, 6, 2});
  CHECK(books.transfer(6)->key == "wrong");
  CHECK(books.transfer(6)->debit_balance == 900);
  CHECK(books.transfer(6)->credit_balance == 150);
  CHECK(books.transfer(3)->time == 1'700'000'000'000'000);
  CHECK(books.reversal_of(6)->id == 7);
  CHECK(steps::audit(books).violations == 0);
}

}  // namespace

TEST_CASE("A ledger of an older version is read as it was written, and goes on") {
  for (const std::size_t version : {1U, 2U}) {
    CAPTURE(version);
    const Folder folder;
    const fs::path data = made(folder, version);
    {
      const auto books = open_sqlite(data);
      CHECK(books->start_number() == 3);
      check_rows(*books);
    }
    CHECK(Raw(data / "ledger.db").ask("PRAGMA user_version") == "3");
    CHECK(Raw(data / "ledger.db").ask("PRAGMA integrity_check") == "ok");
    const auto books = open_sqlite(data);
    check_rows(*books);
    CHECK_THROWS_AS(steps::store(*books, steps::deposit(1, 1000, 500, "pay-in")), KeyTaken);
    CHECK_THROWS_AS(steps::store(*books, steps::deposit(1, 1000, 5, "never")), KeyTaken);
    CHECK(steps::create(*books, 0) == 4);
    CHECK(steps::store(*books, steps::transfer(1, 1000, 2, 307, 1, "on")) == 9);
    CHECK(history(*books, 2) == std::vector<TransferId>{9, 8, 5});
    CHECK(steps::audit(*books).violations == 0);
  }
}

TEST_CASE("A new ledger has the tables of a migrated one") {
  const auto schema = [](const fs::path& data) {
    return Raw(data / "ledger.db")
        .ask(
            "SELECT group_concat(type || name || ifnull(sql, '')) FROM "
            "(SELECT * FROM sqlite_schema ORDER BY type, name)");
  };
  const auto names = [](const fs::path& data) {
    return Raw(data / "ledger.db")
        .ask("SELECT group_concat(name) FROM (SELECT name FROM meta ORDER BY name)");
  };
  const Folder folder;
  const fs::path old = made(folder, 1);
  open_sqlite(old);
  open_sqlite(folder.path() / "new");
  CHECK(schema(folder.path() / "new") == schema(old));
  CHECK(names(folder.path() / "new") == names(old));
  CHECK(Raw(folder.path() / "new" / "ledger.db").ask("SELECT count(*) FROM pins") == "1");
}

TEST_CASE("A server killed after the migration starts again") {
  for (const std::size_t version : {1U, 2U}) {
    CAPTURE(version);
    const Folder folder;
    const fs::path data = made(folder, version);
    const auto books = open_sqlite(data);
    copy_killed(data, folder.path() / "at once");
    steps::store(*books, steps::deposit(1, 1000, 1));
    copy_killed(data, folder.path() / "later");
    check_rows(*open_sqlite(folder.path() / "at once"));
    CHECK(steps::balance(*open_sqlite(folder.path() / "later"), 1) == 1001);
  }
}

TEST_CASE("A loss of power at any sync of a migration loses no row") {
  for (const std::size_t version : {1U, 2U}) {
    CAPTURE(version);
    const Folder folder;
    FaultyVfs machine;
    machine.record_syncs();
    const fs::path data = folder.path() / "data";
    fs::create_directory(data);
    released::make(data / "ledger.db", version, machine.name().c_str());
    std::vector<fs::path> cuts;
    machine.before_every_sync([&] {
      for (unsigned seed = 0; seed < 6; ++seed) {
        cuts.push_back(folder.path() / ("cut-" + std::to_string(cuts.size())));
        machine.lose_power(cuts.back(), PowerLoss{seed});
      }
    });
    check_rows(*open_sqlite(data, {machine.name()}));
    CHECK_MESSAGE(cuts.size() >= 4 * 6, "the migration syncs its log and the file");
    for (const fs::path& cut : cuts) {
      CAPTURE(cut.string());
      check_rows(*open_sqlite(cut));
    }
  }
}

TEST_CASE("A migration on a full disk is refused, or done and served once there is room") {
  int refused = 0;
  int waiting = 0;
  for (const std::size_t version : {1U, 2U}) {
    for (std::int64_t room = 0; room < 260'000; room += 4'000) {
      CAPTURE(version);
      CAPTURE(room);
      const Folder folder;
      const fs::path data = made(folder, version);
      FaultyVfs machine;
      machine.limit_bytes(static_cast<std::int64_t>(fs::file_size(data / "ledger.db")) + room);
      std::unique_ptr<Ledger> books;
      try {
        books = open_sqlite(data, {machine.name()});
      } catch (const OpenFailed& failed) {
        ++refused;
        CHECK(says(failed.what(), "disk is full"));
        machine.heal();
        check_rows(*open_sqlite(data, {machine.name()}));
        continue;
      }
      check_rows(*books);
      if (!books->write_refusal().empty()) ++waiting;
      machine.heal();
      steps::store(*books, steps::deposit(1, 1000, 1));
      copy_killed(data, folder.path() / "killed");
      books.reset();
      CHECK(steps::balance(*open_sqlite(data), 1) == 1001);
      CHECK(steps::balance(*open_sqlite(folder.path() / "killed"), 1) == 1001);
    }
  }
  CHECK_MESSAGE(refused > 10, "some migrations found too little room");
  CHECK_MESSAGE(waiting > 0, "some found room for the migration but not for its checkpoint");
}

TEST_CASE("A file whose rows contradict each other is refused and stays as it is") {
  for (const char* damage :
       {"UPDATE keys SET reply = 1501 WHERE key = 'pay-in'",
        "UPDATE keys SET amount = 501 WHERE key = 'pay-in'",
        "UPDATE keys SET kind = 3 WHERE key = 'pay-in'",
        "UPDATE keys SET account = 2 WHERE key = 'pay-in'",
        "UPDATE keys SET other = 3 WHERE key = 'rent'",
        "UPDATE keys SET reply = 3 WHERE key = 'open-1'",
        "UPDATE keys SET transfer = 99 WHERE key = 'rent'",
        "UPDATE transfers SET key = NULL WHERE id = 4",
        "PRAGMA ignore_check_constraints = ON; UPDATE accounts SET balance = -1 WHERE id = 2"}) {
    CAPTURE(std::string(damage));
    const Folder folder;
    const fs::path data = made(folder, 1);
    Raw(data / "ledger.db")
        .run("DROP TRIGGER keys_stay; DROP TRIGGER transfers_stay; " + std::string(damage));
    const std::string told = refusal(data);
    CAPTURE(told);
    CHECK(says(told, "constraint failed"));
    CHECK(says(told, "restore a backup"));
    Raw raw(data / "ledger.db");
    CHECK(raw.ask("PRAGMA user_version") == "1");
    CHECK(raw.ask("SELECT count(*) FROM transfers") == "8");
    CHECK(raw.ask("SELECT count(*) FROM keys") == "8");
  }
}

TEST_CASE("All migrations that a file lacks are done together or not at all") {
  const Folder folder;
  Database database(folder.file("file.db"), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  const std::array<std::string_view, 3> steps = {
      "CREATE TABLE one (a);", "CREATE TABLE two (b); INSERT INTO two VALUES (1);",
      "INSERT INTO two VALUES (2); INSERT INTO missing VALUES (1);"};
  migrate(database, std::span(steps).first(1));
  CHECK(database.integer("PRAGMA user_version") == 1);
  CHECK_THROWS_AS(migrate(database, steps), SqlError);
  CHECK_FALSE(database.in_transaction());
  CHECK(database.integer("PRAGMA user_version") == 1);
  CHECK(database.integer("SELECT count(*) FROM sqlite_schema") == 1);
  migrate(database, std::span(steps).first(2));
  migrate(database, std::span(steps).first(2));
  CHECK(database.integer("PRAGMA user_version") == 2);
  CHECK(database.integer("SELECT count(*) FROM two") == 1);
  CHECK_NOTHROW(check_identity(database, std::span(steps).first(2)));
  CHECK_THROWS_AS(check_identity(database, std::span(steps).first(1)), OpenFailed);
}
