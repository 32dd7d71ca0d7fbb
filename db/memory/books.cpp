#include "db/memory/books.hpp"

#include <iterator>

namespace ledger {
namespace {

TransferId value_or_0(const TransferId* found) {
  return found == nullptr ? 0 : *found;
}

template <typename Map>
void take_over(Map& map, Map& changes) noexcept {
  for (const auto& [key, row] : changes) map.erase(key);
  map.merge(changes);
}

}  // namespace

void Books::apply(Books changes) noexcept {
  take_over(accounts, changes.accounts);
  take_over(pins, changes.pins);
  take_over(transfers, changes.transfers);
  take_over(keys, changes.keys);
  take_over(reversals, changes.reversals);
}

std::optional<Transfer> Books::transfer(TransferId id) const {
  std::optional<Transfer> found = copied(find(transfers, id));
  if (found) found->reversed_by = value_or_0(find(reversals, id));
  return found;
}

std::optional<KeyRecord> Books::key(const KeyName& name) const {
  std::optional<KeyRecord> found = copied(find(keys, name));
  if (found) found->reversed_by = value_or_0(find(reversals, found->transfer));
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
