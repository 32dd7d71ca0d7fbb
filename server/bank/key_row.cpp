#include "server/bank/key_row.hpp"

#include "server/bank/refusals.hpp"

namespace bank {

Reply reply_from_row(const ledger::KeyRecord& row, const ledger::Claim& claim) {
  if (row.cancelled) return refusals::key_cancelled(claim.key);
  const ledger::Claim& first = row.claim;
  if (first.kind != claim.kind || first.other != claim.other || first.amount != claim.amount) {
    return refusals::key_reused(claim.key);
  }
  if (row.reversed_by != 0) return refusals::key_reversed(claim.key, row.reversed_by);
  return Reply::integer(row.reply);
}

Tombstone store_tombstone(Bank& bank, ledger::AccountId account, const std::string& key) {
  using cancel::Verdict;
  try {
    bank.commits.commit(
        [&](ledger::UnitOfWork& unit) { unit.store_tombstone(account, key, seam::wall_clock()); });
    return {Verdict::cancelled, {}};
  } catch (const ledger::KeyTaken& taken) {
    return {taken.record.cancelled ? Verdict::already : Verdict::too_late, taken.record};
  } catch (const std::exception&) {
    return {Verdict::unknown, {}};
  }
}

}  // namespace bank
