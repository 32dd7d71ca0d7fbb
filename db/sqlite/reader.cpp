#include "db/sqlite/reader.hpp"

#include <utility>

#include "db/sqlite/rows.hpp"

namespace ledger {
namespace {

// The transfer before this one of account ?1.
constexpr const char* previous = "iif(debit = ?1, debit_previous, credit_previous)";

/// Walks the account's chain. A page begins at the transfer that the page before ended with;
/// another number as ?2 walks from the end of the chain. A damaged chain ends where it does not
/// lead back.
std::string history_query() {
  const std::string step = previous;
  return "WITH RECURSIVE chain (link) AS (SELECT coalesce("
         "(SELECT " +
         step +
         " FROM transfers WHERE id = ?2 AND ?1 IN (debit, credit)), "
         "(SELECT last FROM accounts WHERE id = ?1)) "
         "UNION ALL SELECT " +
         step +
         " FROM chain CROSS JOIN transfers ON id = link "
         "WHERE ?1 IN (debit, credit) AND " +
         step + " < link) " +
         select(transfer_columns,
                "FROM chain CROSS JOIN transfers ON id = link WHERE id < ?2 LIMIT ?3");
}

}  // namespace

Reader::Reader(const Source& source, Use use)
    : database_(source.open_for_reading(use)),
      account_(database_, select(account_columns, "FROM accounts WHERE id = ?1")),
      pin_(database_,
           "SELECT hash, pin_version, attempts FROM pins JOIN accounts ON id = account "
           "WHERE account = ?1"),
      key_(database_, select_keys("WHERE keys.account = ?1 AND keys.key = ?2")),
      transfer_(database_, select(transfer_columns, "FROM transfers WHERE id = ?1")),
      reversal_(database_, select(transfer_columns, "FROM transfers WHERE reverses = ?1")),
      history_(database_, history_query()) {}

std::optional<Account> Reader::account(AccountId id) {
  return first(account_.run(id), account_in);
}

AccountId Reader::last_account() {
  return database_.integer("SELECT max(id) FROM accounts");
}

std::optional<Pin> Reader::pin(AccountId id) {
  return first(pin_.run(id), [](const Cursor& row) {
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
  if (limit <= 0) return found;  // SQL takes a negative limit for no limit
  Cursor rows = history_.run(id, before, limit);
  while (rows.step()) found.push_back(transfer_in(rows));
  return found;
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
