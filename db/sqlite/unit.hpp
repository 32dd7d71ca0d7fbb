#pragma once

/// A unit of work as an SQLite transaction.

#include <optional>
#include <string_view>

#include "db/ledger.hpp"
#include "db/sqlite/writer.hpp"

namespace ledger {

/// The statements that units of work run, prepared once on the writer's connection. That connection
/// outlives them, and its thread uses them.
struct UnitStatements {
  explicit UnitStatements(Database& database);  // throws SqlError

  Statement account, transfer, key, attempts;
  Statement append, move, claim, claim_of_opened, tombstone;
  Statement open, open_pin, freeze, set_pin, next_pin_version;
  Statement count, count_unknown, clear;
};

class SqliteUnit : public UnitOfWork {
 public:
  /// Begins the transaction; the writer and the statements outlive the unit. Throws SqlError.
  SqliteUnit(Writer& writer, UnitStatements& statements);
  ~SqliteUnit() override;

  std::optional<Account> retrieve(AccountId id) override;
  TransferId store(const Posting& posting) override;
  AccountId create(const Opening& opening) override;
  void store_tombstone(AccountId account, std::string_view key, Time time) override;
  void set_frozen(AccountId id, bool frozen) override;
  std::int64_t set_pin(AccountId id, std::string_view hash) override;
  std::optional<std::int64_t> count_attempt(AccountId id, std::int64_t limit) override;
  void clear_attempts(AccountId id) override;
  bool alive() const override;
  void commit() override;

 private:
  // Do a step, and undo the unit if it throws. A step claims its key last.
  template <typename Step>
  auto attempt(Step step);
  template <typename Step>
  auto attempt(const std::optional<Claim>& claim, Step step);
  void refuse_taken_key(const std::optional<Claim>& claim);

  TransferId append(const Posting& posting);
  void move(AccountId account, Cents change, Cents after, TransferId last);

  Writer& writer_;
  UnitStatements& statements_;
  bool ended_ = false;
};

}  // namespace ledger
