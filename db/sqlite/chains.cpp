#include "db/sqlite/chains.hpp"

#include <utility>

namespace ledger {
namespace {

std::string named(TransferId id) {
  if (id == 0) return "no transfer";
  return "transfer " + std::to_string(id);
}

}  // namespace

std::string Chains::add(TransferId id, AccountId account, TransferId previous) {
  const TransferId last = account == vault ? 0 : std::exchange(last_[account], id);
  if (previous == last) return {};
  return "transfer " + std::to_string(id) + " names " + named(previous) +
         " as the one before it of account " + std::to_string(account) + ", not " + named(last);
}

std::string Chains::compare(AccountId account, TransferId last) const {
  const auto found = last_.find(account);
  const TransferId end = found == last_.end() ? 0 : found->second;
  if (end == last) return {};
  return "account " + std::to_string(account) + " names " + named(last) + " as its last, not " +
         named(end);
}

}  // namespace ledger
