#pragma once

/// Connections that can neither write nor checkpoint, and the pool that lends them.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/ledger.hpp"
#include "db/sqlite/database.hpp"
#include "server/seam/seam.hpp"

namespace ledger {

/// The file, and the VFS through which SQLite reaches it.
struct Source {
  std::string file;
  std::string vfs;  // empty: the default one
  const char* vfs_name() const { return vfs.empty() ? nullptr : vfs.c_str(); }
};

/// How a read-only connection is opened. SQLite 3.40's integrity_check ignores CHECK constraints on
/// a file opened read-only, so `checking` opens it for writing and forbids writes with query_only.
enum class Use : std::uint8_t { reading, checking };

/// Opens a connection that can neither write nor checkpoint. Throws SqlError.
Database open_for_reading(const Source& source, Use use = Use::reading);

/// A connection that reads, with its queries prepared. Each call is a snapshot of its own, unless
/// the caller has begun a transaction on database(). Used by one thread at a time. Its calls throw
/// SqlError.
class Reader {
 public:
  explicit Reader(const Source& source, Use use = Use::reading);

  // As the reads of Ledger.
  std::optional<Account> account(AccountId id);
  std::optional<Pin> pin(AccountId id);
  std::optional<KeyRecord> key(AccountId account, std::string_view key);
  std::optional<Transfer> transfer(TransferId id);
  std::optional<Transfer> reversal_of(TransferId id);
  std::vector<Transfer> history(AccountId id, TransferId before, std::int64_t limit);

  Database& database() { return database_; }

 private:
  Database database_;
  Statement account_;
  Statement pin_;
  Statement key_;
  Statement transfer_;
  Statement reversal_;
  Statement history_;
};

/// Lends readers, opens more as needed and keeps a few. Any thread may call.
class ReaderPool {
 public:
  explicit ReaderPool(Source source) : source_(std::move(source)) {}

  /// Returns the result of `query`, called with a reader. Throws StoreFailed, and then closes that
  /// reader.
  template <typename Query>
  auto read(Query query) {
    return or_store_failed([&] {
      std::unique_ptr<Reader> reader = borrow();
      auto found = query(*reader);
      give_back(std::move(reader));
      return found;
    });
  }

  static constexpr std::size_t kept_idle = 16;

 private:
  std::unique_ptr<Reader> borrow();
  void give_back(std::unique_ptr<Reader> reader);

  const Source source_;
  seam::Mutex mutex_;
  std::vector<std::unique_ptr<Reader>> idle_ GUARDED_BY(mutex_);
};

}  // namespace ledger
