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
#include "db/sqlite/source.hpp"
#include "server/seam/seam.hpp"

namespace ledger {

/// A connection that reads, with its queries prepared. Each call is a snapshot of its own, unless
/// the caller has begun a transaction on database(). Used by one thread at a time. Its calls throw
/// SqlError; the constructor also throws StoreFailed.
class Reader {
 public:
  explicit Reader(const Source& source, Use use = Use::reading);

  // As the reads of Ledger.
  std::optional<Account> account(AccountId id);
  AccountId last_account();
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

/// Lends readers, opens more as needed and keeps a few. The source outlives it. Any thread may
/// call.
class ReaderPool {
 public:
  explicit ReaderPool(const Source& source) : source_(source) {}

  /// Returns the result of `query`, called with a reader. Throws StoreFailed, and then closes that
  /// reader.
  template <typename Query>
  auto read(Query query) {
    return or_store_failed([&] {
      std::unique_ptr<Reader> reader = borrow();
      auto result = query(*reader);
      give_back(std::move(reader));
      return result;
    });
  }

  static constexpr std::size_t kept_idle = 16;

 private:
  std::unique_ptr<Reader> borrow();
  void give_back(std::unique_ptr<Reader> reader);

  const Source& source_;
  seam::Mutex mutex_;
  std::vector<std::unique_ptr<Reader>> idle_ GUARDED_BY(mutex_);
};

}  // namespace ledger
