#pragma once

/// The rows of the ledger in memory, in ordered containers, so that the same calls give the same
/// rows. Not synchronized.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "db/records.hpp"

namespace ledger {

struct Books {
  using KeyName = std::pair<AccountId, std::string>;

  std::int64_t starts = 0;
  std::map<AccountId, Account> accounts;
  std::map<AccountId, Pin> pins;  // with the version of the account
  std::map<TransferId, Transfer> transfers;
  std::map<KeyName, KeyRecord> keys;
  std::map<TransferId, TransferId> reversals;  // reversed → the transfer that reverses it

  /// Adds the rows of `changes`, which replace rows of the same key.
  void apply(Books changes);

  // As the reads of Ledger.
  std::optional<Transfer> transfer(TransferId id) const;
  std::optional<KeyRecord> key(const KeyName& name) const;
  std::vector<Transfer> history(AccountId id, TransferId before, std::int64_t limit) const;
};

/// Returns the row of that key, or null.
template <typename Map>
const typename Map::mapped_type* find(const Map& map, const typename Map::key_type& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

/// Returns a copy of the row, if there is one.
template <typename Row>
std::optional<Row> copied(const Row* row) {
  return row == nullptr ? std::nullopt : std::optional<Row>(*row);
}

}  // namespace ledger
