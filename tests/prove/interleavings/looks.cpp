#include "tests/prove/interleavings/looks.hpp"

#include "server/seam/window.hpp"

namespace interleavings {

const char* lie_of_status(const std::string& reply, const std::optional<ledger::KeyRecord>& row,
                          bool has_committed, bool closed) {
  const auto says = [&](const char* beginning) { return reply.starts_with(beginning); };
  if (says("{outcome: committed")) {
    return row && !row->cancelled ? nullptr
                                  : "STATUS says committed only if the ledger has the row";
  }
  if (says("{outcome: cancelled")) {
    return row && row->cancelled ? nullptr
                                 : "STATUS says cancelled only if the ledger has the tombstone";
  }
  if (says("{outcome: none")) {
    return has_committed ? "STATUS says none only if no request has committed" : nullptr;
  }
  const bool known = says("{outcome: running") || (closed && says("-UNKNOWN"));
  return known ? nullptr : "STATUS knows an outcome";
}

std::size_t moves_of(ledger::Ledger& ledger, ledger::AccountId account) {
  return ledger.history(account, INT64_MAX, 1000).size();
}

bool serves_rows_of(bank::Bank& bank, ledger::Ledger& ledger) {
  seam::disable_cancellation();  // as in every thread on which the bank reads the ledger
  for (ledger::AccountId id = 1; id <= ledger.last_account(); ++id) {
    const auto stored = ledger.account(id);
    if (!stored) continue;
    const bank::AccountTable::Use use(bank.accounts, id);
    const auto served = bank.accounts.load(id);
    if (!served || served->account.balance != stored->balance ||
        served->account.frozen != stored->frozen) {
      return false;
    }
  }
  return true;
}

}  // namespace interleavings
