#pragma once

/// What a ledger holds, in ordered containers, so that the same steps give the same books.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "db/ledger.hpp"

namespace ledger {

struct Books {
  using KeyName = std::pair<AccountId, std::string>;

  std::int64_t starts = 0;
  std::map<AccountId, Account> accounts;
  std::map<AccountId, Pin> pins;  // the version is the account's
  std::map<TransferId, Transfer> transfers;
  std::map<KeyName, KeyRecord> keys;
  std::map<TransferId, TransferId> reversals;  // undone → what undoes it

  /// Takes over the rows of `changes`, which win over rows there already. Takes no memory: a commit
  /// is whole.
  void apply(Books changes) noexcept;
  // As the reads of Ledger.
  std::optional<Transfer> transfer(TransferId id) const;
  std::optional<KeyRecord> key(const KeyName& name) const;
  std::vector<Transfer> history(AccountId id, TransferId before, std::int64_t limit) const;
};

/// The row under that key, or null.
template <typename Map>
const typename Map::mapped_type* find(const Map& map, const typename Map::key_type& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

/// The row itself, if there is one.
template <typename Row>
std::optional<Row> copied(const Row* row) {
  return row == nullptr ? std::nullopt : std::optional<Row>(*row);
}

}  // namespace ledger
