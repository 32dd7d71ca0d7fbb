#include "db/sqlite/reader.hpp"

#include "db/sqlite/rows.hpp"

namespace ledger {
namespace {

std::string select(const char* columns, const char* rest) {
  return std::string("SELECT ") + columns + " " + rest;
}

// The index on each side is a partial one, and used only if its condition is spelt out.
std::string side(const char* which) {
  return select(transfer_columns, "FROM transfers WHERE ") + which + " = ?1 AND " + which +
         " <> 0 AND id < ?2 ORDER BY id DESC LIMIT ?3";
}

template <typename Row>
auto first(Run rows, Row row) -> std::optional<decltype(row(rows))> {
  if (!rows.step()) return std::nullopt;
  return row(rows);
}

}  // namespace

Connection reading(const Source& source, Use use) {
  const int flags = use == Use::checking ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  Connection connection(source.file, flags, source.vfs_name());
  // Checkpoints belong to the writer's connection alone: if one connection writes while another
  // checkpoints, SQLite 3.40's WAL-reset bug can lose a commit.
  connection.check(sqlite3_db_config(connection.native(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                                     static_cast<int*>(nullptr)));
  connection.run("PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0;");
  return connection;
}

Reader::Reader(const Source& source, Use use)
    : connection_(reading(source, use)),
      account_(connection_, select(account_columns, "FROM accounts WHERE id = ?1 AND id <> 0")),
      pin_(connection_,
           "SELECT hash, pin_version, attempts FROM pins JOIN accounts ON id = account "
           "WHERE account = ?1 AND account <> 0"),
      key_(connection_, select(key_columns, "FROM keys WHERE account = ?1 AND key = ?2")),
      transfer_(connection_, select(transfer_columns, "FROM transfers WHERE id = ?1")),
      reversal_(connection_, select(transfer_columns, "FROM transfers WHERE reverses = ?1")),
      history_(connection_, "SELECT * FROM (" + side("debit") + ") UNION ALL SELECT * FROM (" +
                                side("credit") + ") ORDER BY 1 DESC LIMIT ?3") {}

std::optional<Account> Reader::account(AccountId id) {
  return first(account_.run(id), account_in);
}

std::optional<Pin> Reader::pin(AccountId id) {
  return first(pin_.run(id), [](const Run& row) {
    return Pin{row.text(0), row.integer(1), row.integer(2)};
  });
}

std::optional<KeyRecord> Reader::key(AccountId account, std::string_view key) {
  return first(key_.run(account, key), key_in);
}

std::optional<Transfer> Reader::transfer(TransferId id) {
  return first(transfer_.run(id), transfer_in);
}

std::optional<Transfer> Reader::reversal_of(TransferId id) {
  return first(reversal_.run(id), transfer_in);
}

std::vector<Transfer> Reader::history(AccountId id, TransferId before, std::int64_t limit) {
  std::vector<Transfer> found;
  if (limit <= 0) return found;  // to SQL a negative limit is none
  Run rows = history_.run(id, before, limit);
  while (rows.step()) found.push_back(transfer_in(rows));
  return found;
}

ReaderPool::ReaderPool(Source source) : source_(std::move(source)) {
  const seam::Lock lock(mutex_);
  idle_.reserve(kept_idle);
}

std::unique_ptr<Reader> ReaderPool::borrow() {
  {
    const seam::Lock lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Reader> reader = std::move(idle_.back());
      idle_.pop_back();
      return reader;
    }
  }
  return std::make_unique<Reader>(source_);
}

void ReaderPool::give_back(std::unique_ptr<Reader> reader) {
  const seam::Lock lock(mutex_);
  if (idle_.size() < kept_idle) idle_.push_back(std::move(reader));
}

}  // namespace ledger
