#pragma once

/// Reading: connections that can neither write nor checkpoint, and the pool that lends them.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "db/ledger.hpp"
#include "db/sqlite/connection.hpp"
#include "server/seam/seam.hpp"

namespace ledger {

/// Which file, and through what SQLite reaches it.
struct Source {
  std::string file;
  std::string vfs;  // empty: the default one
  const char* vfs_name() const { return vfs.empty() ? nullptr : vfs.c_str(); }
};

/// How a connection that only reads is opened. `checking`: SQLite 3.40's integrity_check passes
/// over the CHECK constraints on a file opened read-only; such a connection is kept from writing by
/// query_only alone.
enum class Use : std::uint8_t { reading, checking };

/// A connection that can neither write nor checkpoint. Throws SqlError.
Connection reading(const Source& source, Use use = Use::reading);

/// A connection that reads, its queries prepared. Each call is a read transaction of its own, begun
/// and ended inside it, unless the caller has begun one on connection(). One thread at a time.
/// Throws SqlError.
class Reader {
 public:
  explicit Reader(const Source& source, Use use = Use::reading);

  std::optional<Account> account(AccountId id);
  std::optional<Pin> pin(AccountId id);
  std::optional<KeyRecord> key(AccountId account, std::string_view key);
  std::optional<Transfer> transfer(TransferId id);
  std::optional<Transfer> reversal_of(TransferId id);
  std::vector<Transfer> history(AccountId id, TransferId before, std::int64_t limit);

  Connection& connection() { return connection_; }

 private:
  Connection connection_;
  Statement account_;
  Statement pin_;
  Statement key_;
  Statement transfer_;
  Statement reversal_;
  Statement history_;
};

/// Lends readers, making them as needed and keeping a few. Any thread may call.
class ReaderPool {
 public:
  explicit ReaderPool(Source source);

  /// What `use` returns when given a reader. Throws StoreFailed; the reader is then not kept.
  template <typename Use>
  auto read(Use use);

  static constexpr std::size_t kept_idle = 16;

 private:
  std::unique_ptr<Reader> borrow();
  void give_back(std::unique_ptr<Reader> reader);

  const Source source_;
  seam::Mutex mutex_;
  std::vector<std::unique_ptr<Reader>> idle_ GUARDED_BY(mutex_);
};

template <typename Use>
auto ReaderPool::read(Use use) {
  try {
    std::unique_ptr<Reader> reader = borrow();
    auto found = use(*reader);
    give_back(std::move(reader));
    return found;
  } catch (const SqlError& error) {
    throw StoreFailed(error.what());
  } catch (const std::bad_alloc&) {
    throw StoreFailed("out of memory");
  }
}

}  // namespace ledger
