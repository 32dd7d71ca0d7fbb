/// The work of each query, counted in pages that it reads from the file.

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "db/sqlite/schema.hpp"
#include "db/sqlite/sqlite_ledger.hpp"
#include "tests/db/connections.hpp"
#include "tests/db/faulty_vfs.hpp"
#include "tests/db/folder.hpp"
#include "tests/db/raw.hpp"
#include "tests/db/steps.hpp"

using namespace ledger;

namespace {

/// Makes a ledger with 100,000 transfers between 10,000 accounts; account 2 has none since the
/// first ten, account 3 has every second one. Each transfer has a key, and every tenth was
/// reversed. The file has version 2, which needs no chains: the first opening makes them.
void fill(const std::filesystem::path& directory) {
  Raw raw(directory / "ledger.db");
  raw.run("PRAGMA synchronous = OFF; BEGIN");
  for (const std::string_view step : migrations().first(2)) raw.run(std::string(step));
  const std::string numbers =
      "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n "
      "WHERE i < 100000) ";
  raw.run("INSERT INTO accounts (id, balance) " + numbers + "SELECT i, 0 FROM n WHERE i <= 10000");
  raw.run("INSERT INTO pins (account, hash) " + numbers + "SELECT i, 'h' FROM n WHERE i <= 10000");
  raw.run("INSERT INTO transfers " + numbers +
          "SELECT i, iif(i % 10 = 0, 5, 4), iif(i <= 10, 2, 10 + i % 9000), "
          "iif(i % 2 = 0, 3, 9500 + i % 500), 1, 0, 0, iif(i % 10 = 0, NULL, 'key-' || i), "
          "iif(i % 10 = 0, i - 5, NULL), 1 FROM n");
  raw.run("INSERT INTO keys " + numbers +
          "SELECT iif(i <= 10, 2, 10 + i % 9000), 'key-' || i, 1, 4, "
          "iif(i % 2 = 0, 3, 9500 + i % 500), 1, i, 0, 1 FROM n WHERE i % 10 <> 0");
  raw.run("PRAGMA application_id = " + std::to_string(application_id) +
          "; PRAGMA user_version = 2; COMMIT");
}

}  // namespace

TEST_CASE("No query reads more pages of a large ledger than it needs") {
  const Folder folder;
  fill(folder.path());
  open_sqlite(folder.path());
  FaultyVfs machine;
  const struct {
    const char* name;
    std::function<void(Ledger&)> run;
  } queries[] = {
      {"account", [](Ledger& books) { CHECK(books.account(5000)); }},
      {"pin", [](Ledger& books) { CHECK(books.pin(5000)); }},
      {"key", [](Ledger& books) { CHECK(books.key(10 + 50'001 % 9000, "key-50001")); }},
      {"transfer", [](Ledger& books) { CHECK(books.transfer(50'005)->reversed_by == 50'010); }},
      {"reversal", [](Ledger& books) { CHECK(books.reversal_of(50'005)->id == 50'010); }},
      {"history of a busy account",
       [](Ledger& books) { CHECK(books.history(3, steps::newest, 10).size() == 10); }},
      {"page of the history of a busy account",
       [](Ledger& books) { CHECK(books.history(3, 50'000, 10).size() == 10); }},
      {"last page of the history of a busy account",
       [](Ledger& books) { CHECK(books.history(3, 20, 20).size() == 9); }},
      {"history of an account without recent transfers",
       [](Ledger& books) { CHECK(books.history(2, steps::newest, 20).size() == 10); }},
      {"history of an account without transfers",
       [](Ledger& books) { CHECK(books.history(1, steps::newest, 10).empty()); }},
  };
  for (const auto& query : queries) {
    CAPTURE(std::string(query.name));
    const auto books = open_sqlite(folder.path(), {machine.name()});
    const std::int64_t opened = machine.count(FaultyVfs::Operation::read);
    query.run(*books);
    const std::int64_t read = machine.count(FaultyVfs::Operation::read) - opened;
    CAPTURE(read);
    CHECK_MESSAGE(read < 80, "a query scans the ledger");
  }
}

TEST_CASE("A crowd of readers leaves few connections with small caches") {
  connections::watch();
  const Folder folder;
  fill(folder.path());
  const auto books = open_sqlite(folder.path());
  const std::size_t before = connections::cache_bytes();
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 60; ++reader) {
    // Long enough for the threads to read at the same time.
    readers.emplace_back([&] { books->history(3, steps::newest, 10'000); });
  }
  for (std::thread& reader : readers) reader.join();
  const std::size_t kilobytes = (connections::cache_bytes() - before) / 1000;
  CAPTURE(kilobytes);
  CHECK_MESSAGE(kilobytes < 16 * 400, "the caches of 16 idle readers are small");
}
