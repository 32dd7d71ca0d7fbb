#include "db/memory/books.hpp"

#include <iterator>

namespace ledger {
namespace {

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

std::vector<Transfer> Books::history(AccountId id, TransferId before, std::int64_t limit) const {
  std::vector<Transfer> found;
  if (id == vault) return found;
  for (auto row = std::make_reverse_iterator(transfers.lower_bound(before));
       row != transfers.rend() && static_cast<std::int64_t>(found.size()) < limit; ++row) {
    const Transfer& transfer = row->second;
    if (transfer.debit == id || transfer.credit == id) found.push_back(transfer);
  }
  return found;
}

}  // namespace ledger
