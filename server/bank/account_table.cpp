#include "server/bank/account_table.hpp"

#include "server/seam/require.hpp"

namespace bank {
namespace {

/// The parts of the table that a call touches, for the explorer of interleavings. Only users of an
/// entry load or change its row, so the last one of them sees it as it stays.
seam::Part users_of(ledger::AccountId id) {
  return static_cast<seam::Part>(id) | seam::Part{1} << 62;
}
seam::Part row_of(ledger::AccountId id) {
  return static_cast<seam::Part>(id) | seam::Part{1} << 63;
}

/// Returns the state of the last change of the row. One that is absent or was read from the file is
/// durable.
Batch::State state_of(const std::optional<AccountTable::Row>& row) {
  return row && row->batch ? row->batch->state() : Batch::State::durable;
}

/// Forgets a row that was revoked, and the batch of one that is durable.
void simplify(std::optional<AccountTable::Row>& row) {
  const Batch::State state = state_of(row);
  if (row && state == Batch::State::durable) row->batch.reset();
  if (state == Batch::State::revoked) row.reset();
}

}  // namespace

AccountTable::Use::Use(AccountTable& table, ledger::AccountId id)
    : table_(table), entry_([&]() -> Entry& {
        const seam::Lock lock(table.mutex_, users_of(id));
        Entry& entry = table.entries_.try_emplace(id, id).first->second;
        ++entry.users;
        return entry;
      }()) {}

AccountTable::Use::~Use() {
  const ledger::AccountId id = entry_.mutex.subject();
  bool crowded = false;
  {
    const seam::Lock lock(table_.mutex_, users_of(id));
    --entry_.users;
    // An account that does not exist has no row to keep.
    if (entry_.users == 0 && !entry_.row) table_.entries_.erase(id);
    crowded = table_.entries_.size() > most_kept;
  }
  if (crowded) table_.drop_some();
}

/// Looks at the next few entries, so that the table shrinks faster than it grows.
void AccountTable::drop_some() {
  const seam::Lock lock(mutex_);
  auto at = entries_.lower_bound(next_to_drop_);
  for (int looks = 4; looks > 0 && entries_.size() > most_kept; --looks) {
    if (at == entries_.end()) at = entries_.begin();
    const Entry& entry = at->second;
    const Batch::State state = state_of(entry.row);
    const bool decided = state == Batch::State::durable || state == Batch::State::revoked;
    at = entry.users == 0 && decided ? entries_.erase(at) : std::next(at);
  }
  next_to_drop_ = at == entries_.end() ? 0 : at->first;
}

AccountTable::Look AccountTable::look(ledger::AccountId id) const {
  Look found;
  {
    const seam::Lock lock(mutex_, row_of(id));
    const auto at = entries_.find(id);
    if (at != entries_.end()) found = {at->second.row, at->second.changes};
  }
  simplify(found.row);
  return found;
}

std::optional<AccountTable::Row> AccountTable::load(ledger::AccountId id) {
  for (;;) {
    const Look found = look(id);
    if (found.row) return found.row;
    const auto account = ledger_.account(id);
    if (!account) return std::nullopt;
    if (keep(id, *account, found.changes)) return Row{*account, nullptr};
  }
}

/// Returns false if the row was changed or loaded since the look that came before the read.
bool AccountTable::keep(ledger::AccountId id, const ledger::Account& account,
                        std::int64_t changes) {
  const seam::Lock lock(mutex_, row_of(id));
  Entry& entry = entries_.try_emplace(id, id).first->second;
  if (entry.changes != changes) return false;
  ++entry.changes;
  entry.row = Row{account, nullptr};
  return true;
}

void AccountTable::change(ledger::AccountId id, const Change& change, const BatchRef& batch) {
  const seam::Lock lock(mutex_, row_of(id));
  Entry& entry = entries_.at(id);
  seam::require(entry.row.has_value(), "the row of an account is loaded before it is changed");
  change(entry.row->account);
  entry.row->batch = batch;
  ++entry.changes;
}

bool AccountTable::is_in_doubt(ledger::AccountId id) const {
  const seam::Lock lock(mutex_, row_of(id));
  const auto found = entries_.find(id);
  if (found == entries_.end()) return false;
  const Batch::State state = state_of(found->second.row);
  return state == Batch::State::unknown || state == Batch::State::abandoned;
}

}  // namespace bank
