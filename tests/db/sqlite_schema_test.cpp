#include <string>

#include <doctest/doctest.h>

#include "db/sqlite/sqlite_ledger.hpp"
#include "tests/db/folder.hpp"
#include "tests/db/raw.hpp"
#include "tests/db/steps.hpp"

using namespace ledger;

namespace {

/// A closed ledger with one account of 100, created under a key.
class Closed {
 public:
  Closed() { steps::create(*open_sqlite(folder_.path()), 100, "new"); }
  Raw raw() const { return Raw(folder_.path() / "ledger.db"); }

 private:
  Folder folder_;
};

}  // namespace

TEST_CASE("Triggers forbid changing or deleting transfers, keys and accounts") {
  const Closed closed;
  Raw raw = closed.raw();
  for (const char* sql : {"UPDATE transfers SET amount = 1", "UPDATE transfers SET time = time",
                          "DELETE FROM transfers", "UPDATE keys SET transfer = 2",
                          "DELETE FROM keys", "DELETE FROM accounts"}) {
    CAPTURE(std::string(sql));
    CHECK_FALSE(raw.try_run(sql).empty());
  }
  CHECK(raw.ask("SELECT count(*) FROM transfers WHERE amount = 100") == "1");
  CHECK(raw.ask("SELECT count(*) FROM keys WHERE transfer = 1") == "1");
  CHECK(raw.ask("SELECT count(*) FROM accounts") == "1");
}

TEST_CASE("Constraints forbid every row that is out of bounds") {
  const Closed closed;
  Raw raw = closed.raw();
  for (const char* sql : {
           "UPDATE accounts SET balance = -1 WHERE id = 1",
           "UPDATE accounts SET balance = 1000000000000000001 WHERE id = 1",
           "UPDATE accounts SET balance = 'much' WHERE id = 1",
           "UPDATE accounts SET frozen = 2 WHERE id = 1",
           "UPDATE accounts SET pin_version = 0 WHERE id = 1",
           "UPDATE accounts SET last = -1 WHERE id = 1",
           "INSERT INTO accounts (id, balance) VALUES (-1, 0)",
           "INSERT INTO accounts (id, balance) VALUES (0, 0)",
           "INSERT INTO accounts (id, balance) VALUES (9223372036854775807, 0)",
           "INSERT INTO pins (account, hash) VALUES (-1, 'h')",
           "UPDATE pins SET attempts = -1 WHERE account = 1",
           "INSERT INTO transfers VALUES (9, 2, 0, 1, 0, 0, 100, 0, 1, NULL, NULL, 1)",
           "INSERT INTO transfers VALUES (9, 2, 0, 1, 1000000000000001, 0, 100, 0, 1, NULL, NULL, "
           "1)",
           "INSERT INTO transfers VALUES (9, 2, 0, -1, 1, 0, 100, 0, 1, NULL, NULL, 1)",
           "INSERT INTO transfers VALUES (9, 2, 0, 0, 1, 0, 0, 0, 0, NULL, NULL, 1)",
           "INSERT INTO transfers VALUES (9, 2, 0, 1, 1, 5, 100, 0, 1, NULL, NULL, 1)",
           "INSERT INTO transfers VALUES (9, 2, 0, 1, 1, 0, 100, 1, 1, NULL, NULL, 1)",
           "INSERT INTO transfers VALUES (9, 2, 0, 1, 1, 0, 100, 0, 9, NULL, NULL, 1)",
           "INSERT INTO transfers VALUES (9, 2, 0, 1, 1, 0, 100, 0, -1, NULL, NULL, 1)",
           "INSERT INTO transfers VALUES (9, 2, 2, 1, 1, 0, 100, 0, 1, NULL, NULL, 1)",
           "INSERT INTO transfers VALUES (9, 3, 0, 1, 1, 0, 100, 0, 1, NULL, NULL, 1)",
           "INSERT INTO transfers VALUES (9, 4, 0, 1, 1, 0, 100, 0, 1, NULL, NULL, 1)",
           "INSERT INTO transfers VALUES (9, 5, 1, 0, 100, 0, 0, 1, 0, NULL, NULL, 1)",
           "INSERT INTO transfers VALUES (9, 5, 1, 0, 100, 0, 0, 1, 0, NULL, 9, 1)",
           "INSERT INTO transfers VALUES (9, 2, 0, 1, 1, 0, 100, 0, 1, NULL, 1, 1)",
           "INSERT INTO transfers VALUES (9, 6, 0, 1, 1, 0, 100, 0, 1, NULL, NULL, 1)",
           "INSERT INTO transfers VALUES (9, 2, 0, 1, 1, 0, 100, 0, 1, '', NULL, 1)",
           "INSERT INTO keys VALUES ('new', 0, 1, NULL, NULL)",
           "INSERT INTO keys VALUES ('k', 1, NULL, NULL, NULL)",
           "INSERT INTO keys VALUES ('k', 1, 1, NULL, 1)",
           "INSERT INTO keys VALUES ('k', 0, 1, 1, NULL)",
           "INSERT INTO keys VALUES ('k', 0, NULL, 0, 1)",
           "INSERT INTO keys VALUES ('k', 1, NULL, 1, 1)",
           "INSERT INTO keys VALUES ('k', 1, 0, NULL, NULL)",
           "INSERT INTO keys VALUES ('k', -1, NULL, NULL, 1)",
           "INSERT INTO keys VALUES ('', 1, NULL, NULL, 1)",
       }) {
    CAPTURE(std::string(sql));
    CHECK_FALSE(raw.try_run(sql).empty());
  }
  raw.run("INSERT INTO keys VALUES ('opened', 0, NULL, 1, 1), ('dead', 7, NULL, NULL, 1)");
  raw.run("INSERT INTO transfers VALUES (9, 5, 1, 0, 100, 0, 0, 1, 0, NULL, 1, 1)");
  CHECK_MESSAGE(
      !raw.try_run("INSERT INTO transfers VALUES (10, 5, 1, 0, 100, 0, 0, 9, 0, NULL, 1, 1)")
           .empty(),
      "a transfer is reversed twice");
}
