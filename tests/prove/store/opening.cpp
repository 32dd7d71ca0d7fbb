#include <filesystem>
#include <fstream>
#include <functional>
#include <span>
#include <vector>

#include "db/sqlite/schema.hpp"
#include "tests/db/connections.hpp"
#include "tests/db/folder.hpp"
#include "tests/db/released.hpp"
#include "tests/db/steps.hpp"
#include "tests/prove/invariants/invariants.hpp"
#include "tests/prove/store/case.hpp"
#include "tests/prove/store/checks.hpp"
#include "tests/prove/store/sites.hpp"

namespace prove {
namespace {

namespace fs = std::filesystem;

/// The state of a directory before an opening.
struct Found {
  const char* name;
  std::function<void(const fs::path&)> make;
  invariants::Evidence evidence;  // the requests and replies that made it
};

void deposit(ledger::Ledger& books, int times) {
  for (int i = 0; i < times; ++i) {
    steps::store(books, steps::deposit(1, steps::balance(books, 1), 1));
  }
}

/// Returns the state of the ledger that release 1.0.0 has left.
invariants::Evidence of_release() {
  invariants::Evidence evidence;
  evidence.before = {{1, 1000}, {2, 307}, {3, 50}};
  evidence.transfers_before = 8;
  return evidence;
}

/// Adds the requests and replies of deposit().
invariants::Evidence after_deposits(invariants::Evidence before, int times) {
  for (int i = 0; i < times; ++i) {
    before.asked.push_back({bank::Operation::deposit, 1, 0, 1, {}, std::to_string(1014 + i)});
  }
  return before;
}

/// Makes the files that a killed server leaves: a log without a checkpoint, and the beginning of a
/// commit behind its end.
void make_crashed(const fs::path& base, const fs::path& into) {
  const Folder folder;
  fs::copy_file(base, folder.path() / "ledger.db");
  const auto books = ledger::open_sqlite(folder.path());
  deposit(*books, 5);
  for (const char* name : {"ledger.db", "ledger.db-wal"}) {
    fs::copy_file(folder.path() / name, into / name);
  }
  std::ofstream(into / "ledger.db-wal", std::ios::app | std::ios::binary)
      << std::string(5000, '\7');
}

std::string file_of(const fs::path& directory) {
  return (directory / "ledger.db").string();
}

class Opening {
 public:
  Opening(Report& report, const Base& base) : report_(report), base_(base) {}

  void open(const Found& found) {
    const Contents expected = contents_without_faults(found);
    each_fault(found.name, [&](const FaultyVfs::Fault& fault) {
      const Folder folder;
      found.make(folder.path());
      FaultyVfs machine;
      machine.plan(fault);
      std::int64_t number = 0;
      try {
        const auto books = ledger::open_sqlite(folder.path(), {machine.name()});
        number = books->start_number();
        machine.heal();
        require(contents(file_of(folder.path())) == expected, "an opened ledger is complete");
      } catch (const ledger::OpenFailed& failed) {
        require(std::string(failed.what()).find(folder.path()) != std::string::npos,
                std::string("a refusal names the directory: ") + failed.what());
      }
      const bool struck = machine.struck();
      machine.heal();
      again(folder.path(), expected, found.evidence, number);
      return struck;
    });
  }

  void close() {
    const Found old{"closing",
                    [&](const fs::path& into) { fs::copy_file(base_.file, file_of(into)); },
                    after_deposits(base_.evidence, 3)};
    Contents expected;
    const auto closed = [&](const FaultyVfs::Fault* fault) {
      const Folder folder;
      old.make(folder.path());
      FaultyVfs machine;
      auto books = ledger::open_sqlite(folder.path(), {machine.name()});
      const std::int64_t number = books->start_number();
      deposit(*books, 3);
      if (fault == nullptr) {
        expected = contents(file_of(folder.path()));
        return false;
      }
      machine.plan(*fault);
      books.reset();
      const bool struck = machine.struck();
      machine.heal();
      again(folder.path(), expected, old.evidence, number);
      return struck;
    };
    closed(nullptr);
    each_fault(old.name, [&](const FaultyVfs::Fault& fault) { return closed(&fault); });
  }

  void migrate() {
    const std::span<const std::string_view> steps = ledger::migrations();
    const auto newest = static_cast<std::int64_t>(steps.size());
    each_fault("migration", [&](const FaultyVfs::Fault& fault) {
      const Folder folder;
      const std::string file = file_of(folder.path());
      released::make(file, 1);
      FaultyVfs machine;
      machine.plan(fault);
      try {
        ledger::Database database(file, SQLITE_OPEN_READWRITE, machine.name().c_str());
        ledger::check_identity(database, steps);
        ledger::migrate(database, steps);
      } catch (const ledger::SqlError&) {
        require(machine.struck(), "a migration fails only for a fault");
      }
      const bool struck = machine.struck();
      machine.heal();
      ledger::Database database(file, SQLITE_OPEN_READWRITE, machine.name().c_str());
      const bool done = database.integer("PRAGMA user_version") == newest;
      const bool chained = database.integer(
                               "SELECT count(*) FROM pragma_table_info('accounts') "
                               "WHERE name = 'last'") == 1;
      require(done == chained, "a file has the version that it states");
      ledger::migrate(database, steps);
      require(database.integer("SELECT count(*) FROM transfers") == 8, "no transfer is lost");
      require(database.integer("SELECT last FROM accounts WHERE id = 1") == 7, "rows are chained");
      require(database.text("PRAGMA integrity_check") == "ok", "the file is whole");
      return struck;
    });
  }

 private:
  void each_fault(const std::string& group,
                  const std::function<bool(const FaultyVfs::Fault&)>& strikes) {
    if (!report_.wants_group(group)) return;
    for_each_fault(group, [&](const FaultyVfs::Fault& fault, const std::string& label) {
      report_.begin_case(label);
      const bool struck = strikes(fault);
      if (struck) report_.count_case();
      return struck;
    });
  }

  Contents contents_without_faults(const Found& found) {
    const Folder folder;
    found.make(folder.path());
    const auto books = ledger::open_sqlite(folder.path());
    return contents(file_of(folder.path()));
  }

  /// Opens it again, on a machine without faults.
  void again(const fs::path& directory, const Contents& expected,
             const invariants::Evidence& evidence, std::int64_t latest) {
    const auto books = ledger::open_sqlite(directory);
    require(books->start_number() > latest, "no start number is given twice");
    require(contents(file_of(directory)) == expected, "the next opening finds all rows");
    report_.add(invariants::all(evidence, *books));
    require(connections::in_transaction() == 0, "no database transaction is left open");
    require(steps::create(*books, 5) > 0, "the next opening serves");
  }

  void require(bool holds, const std::string& sentence) { report_.require(holds, sentence); }

  Report& report_;
  const Base& base_;
};

}  // namespace

void check_opening(Report& report) {
  if (!report.wants("store/opening")) return;
  report.begin("store/opening");
  const Base base;
  const fs::path& file = base.file;
  Opening opening(report, base);
  opening.open({"new", [](const fs::path&) {}, {}});
  opening.open(
      {"old", [&](const fs::path& into) { fs::copy_file(file, file_of(into)); }, base.evidence});
  for (const std::size_t version : {1U, 2U}) {
    opening.open({version == 1 ? "version 1" : "version 2",
                  [=](const fs::path& into) { released::make(file_of(into), version); },
                  of_release()});
  }
  opening.open({"crashed", [&](const fs::path& into) { make_crashed(file, into); },
                after_deposits(base.evidence, 5)});
  opening.migrate();
  opening.close();
  report.end(
      "opening a new ledger, an old one, one of version 1, one of version 2 and one left by a "
      "crash, a migration, a close, "
      "with each call of the file system failing in each, once and persistently");
}

}  // namespace prove
