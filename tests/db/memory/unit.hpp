#pragma once

/// The unit of work of the ledger in memory. It keeps its changes apart until commit.

#include <exception>
#include <optional>
#include <string_view>

#include "db/ledger.hpp"
#include "tests/db/memory/books.hpp"
#include "tests/db/memory/memory_ledger.hpp"

namespace ledger {

class MemoryUnit : public UnitOfWork {
 public:
  /// The disk outlives the unit. Throws StoreFailed, or std::logic_error if a unit exists.
  explicit MemoryUnit(MemoryDisk& disk);
  ~MemoryUnit() override;

  std::optional<Account> retrieve(AccountId id) override;
  TransferId store(const Posting& posting) override;
  AccountId create(const Opening& opening) override;
  void store_tombstone(AccountId account, std::string_view key, Time time) override;
  void set_frozen(AccountId id, bool frozen) override;
  std::int64_t set_pin(AccountId id, std::string_view hash) override;
  std::optional<std::int64_t> count_attempt(AccountId id, std::int64_t limit) override;
  void clear_attempts(AccountId id) override;
  bool alive() const override { return alive_; }
  void commit() override;

 private:
  /// Undoes the unit if its scope is left by an exception.
  class [[nodiscard]] Attempt {
   public:
    explicit Attempt(MemoryUnit& unit) : unit_(unit) {}
    ~Attempt() {
      if (std::uncaught_exceptions() > before_) unit_.alive_ = false;
    }
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;

   private:
    MemoryUnit& unit_;
    const int before_ = std::uncaught_exceptions();
  };
  Attempt begin_store() REQUIRES(disk_.mutex_);
  template <typename Map>
  const typename Map::mapped_type* row(Map Books::*map, const typename Map::key_type& key) const
      REQUIRES(disk_.mutex_);
  Account account(AccountId id) const REQUIRES(disk_.mutex_);
  Account moved(AccountId id, Cents change, Cents after) const REQUIRES(disk_.mutex_);
  void require_free_key(AccountId account, std::string_view key) const REQUIRES(disk_.mutex_);
  void require_reversible(const Posting& posting) const REQUIRES(disk_.mutex_);
  template <typename Map>
  typename Map::key_type next(Map Books::*map) const REQUIRES(disk_.mutex_);
  TransferId append(const Posting& posting) REQUIRES(disk_.mutex_);
  void claim_key(const Claim& claim, TransferId transfer, std::int64_t reply, Time time);

  MemoryDisk& disk_;
  Books changes_;
  bool alive_ = true;
};

}  // namespace ledger
