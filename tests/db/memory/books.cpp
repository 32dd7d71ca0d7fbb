#include "tests/db/memory/books.hpp"

#include <iterator>

namespace ledger {
namespace {

template <typename Map>
void replace(Map& map, Map& changes) {
  for (const auto& [key, row] : changes) map.erase(key);
  map.merge(changes);
}

TransferId reversal_in(const std::map<TransferId, TransferId>& reversals, TransferId of) {
  const TransferId* found = find(reversals, of);
  return found == nullptr ? 0 : *found;
}

}  // namespace

void Books::apply(Books changes) {
  replace(accounts, changes.accounts);
  replace(pins, changes.pins);
  replace(transfers, changes.transfers);
  replace(keys, changes.keys);
  replace(reversals, changes.reversals);
}

std::optional<Transfer> Books::transfer(TransferId id) const {
  std::optional<Transfer> found = copied(find(transfers, id));
  if (found) found->reversed_by = reversal_in(reversals, id);
  return found;
}

std::optional<KeyRecord> Books::key(const KeyName& name) const {
  std::optional<KeyRecord> found = copied(find(keys, name));
  if (found) found->reversed_by = reversal_in(reversals, found->transfer);
  return found;
}

std::vector<Transfer> Books::history(AccountId id, TransferId before, std::int64_t limit) const {
  std::vector<Transfer> found;
  if (id == vault) return found;
  for (auto row = std::make_reverse_iterator(transfers.lower_bound(before));
       row != transfers.rend() && static_cast<std::int64_t>(found.size()) < limit; ++row) {
    const bool touches = row->second.debit == id || row->second.credit == id;
    if (touches) found.push_back(*transfer(row->first));
  }
  return found;
}

}  // namespace ledger
