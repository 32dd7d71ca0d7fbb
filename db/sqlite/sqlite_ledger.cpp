#include "db/sqlite/sqlite_ledger.hpp"

#include <stdexcept>

#include "db/one_line.hpp"
#include "db/rules.hpp"
#include "db/sqlite/audit.hpp"
#include "db/sqlite/backup.hpp"
#include "db/sqlite/directory.hpp"
#include "db/sqlite/reader.hpp"
#include "db/sqlite/remedies.hpp"
#include "db/sqlite/unit.hpp"
#include "db/sqlite/writer.hpp"

namespace ledger {
namespace {

class SqliteLedger : public Ledger {
 public:
  SqliteLedger(const std::filesystem::path& directory, const SqliteOptions& options)
      : directory_(directory),
        source_(directory_, options),
        writer_(source_, directory_, options.checkpoint_after),
        statements_(writer_.database()),
        readers_(source_) {}

  std::int64_t start_number() const override { return writer_.start_number(); }
  std::string write_refusal() const override { return writer_.refusal(); }
  std::string version() const override { return std::string("SQLite ") + sqlite3_libversion(); }

  std::unique_ptr<UnitOfWork> begin() override {
    if (writer_.distrusted())
      throw StoreFailed("the outcome of a commit is not known; restart the server");
    return or_store_failed([&] { return std::make_unique<SqliteUnit>(writer_, statements_); });
  }

  std::optional<Account> account(AccountId id) override {
    return readers_.read([&](Reader& reader) { return reader.account(id); });
  }
  AccountId last_account() override {
    return readers_.read([](Reader& reader) { return reader.last_account(); });
  }
  std::optional<Pin> pin(AccountId id) override {
    return readers_.read([&](Reader& reader) { return reader.pin(id); });
  }
  std::optional<KeyRecord> key(AccountId account, std::string_view key) override {
    return readers_.read([&](Reader& reader) { return reader.key(account, key); });
  }
  std::optional<Transfer> transfer(TransferId id) override {
    return readers_.read([&](Reader& reader) { return reader.transfer(id); });
  }
  std::optional<Transfer> reversal_of(TransferId id) override {
    return readers_.read([&](Reader& reader) { return reader.reversal_of(id); });
  }
  std::vector<Transfer> history(AccountId id, TransferId before, std::int64_t limit) override {
    return readers_.read([&](Reader& reader) { return reader.history(id, before, limit); });
  }

  void tidy() override { writer_.tidy(); }

  std::unique_ptr<Audit> audit() override {
    return or_store_failed([&] { return std::make_unique<SqliteAudit>(source_); });
  }
  std::unique_ptr<Scan> backup(const std::string& path) override {
    return or_store_failed([&] {
      directory_.refuse_own_file(checked_path(path));
      return std::make_unique<SqliteBackup>(source_, path);
    });
  }

 private:
  // Destroyed from last to first: the writer's connection closes after those of the readers, which
  // leaves one whole file, and the lock is released at the very end.
  Directory directory_;
  const Source source_;
  Writer writer_;
  UnitStatements statements_;
  ReaderPool readers_;
};

/// The remedy for an error that SQLite reports.
std::string remedy_for(const SqlError& error) {
  // An opening changes rows only in a migration, which refuses those that contradict each other.
  const bool damaged = error.kind() == SQLITE_NOTADB || error.kind() == SQLITE_CORRUPT ||
                       error.kind() == SQLITE_CONSTRAINT;
  if (damaged) return restore_or_begin;
  return error.kind() == SQLITE_BUSY ? "end the other program that uses ledger.db" : check_files;
}

/// Opens the ledger. Throws OpenFailed with its cause and a remedy.
std::unique_ptr<Ledger> open_or_refuse(const std::filesystem::path& directory,
                                       const SqliteOptions& options) {
  try {
    return std::make_unique<SqliteLedger>(directory, options);
  } catch (const SqlError& error) {
    refuse(error.what(), remedy_for(error));
  } catch (const std::system_error& error) {
    refuse(error.what(), check_files);
  }
}

}  // namespace

std::unique_ptr<Ledger> open_sqlite(const std::filesystem::path& directory,
                                    const SqliteOptions& options) {
  // Without memory statistics SQLite's allocations take no global lock. The call fails, without
  // harm, if SQLite is in use already.
  static const int ignored = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(ignored);
  try {
    return open_or_refuse(directory, options);
  } catch (const std::runtime_error& error) {
    throw OpenFailed("cannot open the ledger in " + one_line(directory.string()) + ": " +
                     error.what());
  }
}

}  // namespace ledger
