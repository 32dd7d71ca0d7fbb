#include "server/bank/keys.hpp"

#include "server/bank/refusals.hpp"
#include "server/bank/text.hpp"

namespace bank {
namespace {

Reply status_map(std::string_view outcome, ledger::TransferId id, ledger::Kind kind,
                 ledger::Cents amount, ledger::Cents balance, ledger::Time time) {
  return Reply::map({
      {"outcome", Reply::bulk(std::string(outcome))},
      {"id", Reply::integer(id)},
      {"kind", Reply::bulk(std::string(name(kind)))},
      {"amount", Reply::integer(amount)},
      {"balance", Reply::integer(balance)},
      {"time", Reply::bulk(rfc3339(time))},
  });
}

/// The balance the first reply spoke of: that of the key's account, or of the created one.
ledger::Cents balance_after(const ledger::KeyRecord& row) {
  return row.claim.kind == ledger::Kind::create ? row.claim.amount : row.reply;
}

/// Writes the tombstone, unless the key has its row.
cancel::Verdict bury(Bank& bank, ledger::AccountId account, const std::string& key) {
  try {
    bank.commits.commit(
        [&](ledger::UnitOfWork& unit) { unit.store_tombstone(account, key, seam::wall_clock()); });
    return cancel::Verdict::cancelled;
  } catch (const ledger::KeyTaken& taken) {
    return taken.record.cancelled ? cancel::Verdict::already : cancel::Verdict::too_late;
  } catch (const std::exception&) {
    return cancel::Verdict::unknown;
  }
}

/// What a cancel of the transaction under the key leaves to be done.
enum class Left : std::uint8_t { nothing, tombstone };

Left left_after(const cancel::CancelAttempt& struck, const Transaction& txn) {
  if (struck.won) return Left::nothing;  // it writes its own, before anybody is told
  switch (struck.found) {
    case cancel::Stage::cancelling:
    case cancel::Stage::cancelled: {
      // A deadline or a lost connection leaves no trace of the key.
      const auto order = txn.order();
      return order && order->durable ? Left::nothing : Left::tombstone;
    }
    case cancel::Stage::answered:
      return Left::tombstone;
    default:
      return Left::nothing;  // past the point of no return
  }
}

/// First whether the key is claimed, then its row: one that is being carried out now may have its
/// row by the time it is looked up, and the row has the last word.
Reply status(Bank& bank, ledger::AccountId account, const std::string& key) {
  const auto running = bank.claims.find(account, key);
  const auto row = bank.ledger.key(account, key);
  if (row && row->cancelled) {
    return status_map("cancelled", 0, row->claim.kind, row->claim.amount, 0, row->time);
  }
  if (row) {
    return status_map("committed", row->transfer, row->claim.kind, row->claim.amount,
                      balance_after(*row), row->time);
  }
  if (bank.commits.closed()) return refusals::unknown_outcome();
  if (running && running->stage() != cancel::Stage::answered) {
    const ledger::Claim claim = running->arguments().claim();
    return status_map("running", 0, claim.kind, claim.amount, 0, 0);
  }
  return status_map("none", 0, ledger::Kind::none, 0, 0, 0);
}

}  // namespace

Reply status_of_key(Bank& bank, ledger::AccountId account, const std::string& key) {
  try {
    return status(bank, account, key);
  } catch (const std::exception& error) {
    return refusals::cannot_read(error);
  }
}

void cancel_key(Bank& bank, ledger::AccountId account, const std::string& key,
                const cancel::CancelOrder& order, KeyVerdict tell) {
  const auto txn = bank.claims.find(account, key);
  if (!txn) return tell(bury(bank, account, key), nullptr);
  // Whether the transaction's own verdict is the answer is known only after the swap; until then
  // the verdict waits here.
  struct Pending {
    seam::Mutex mutex;
    bool decided GUARDED_BY(mutex) = false;
    bool own GUARDED_BY(mutex) = false;
    std::optional<cancel::Verdict> verdict GUARDED_BY(mutex);
  };
  const auto pending = std::make_shared<Pending>();
  const cancel::CancelAttempt struck =
      txn->cancel(order, [pending, tell, txn](cancel::Verdict verdict) {
        {
          const seam::Lock lock(pending->mutex);
          pending->verdict = verdict;
          if (!pending->decided || !pending->own) return;
        }
        tell(verdict, txn);
      });
  const bool own = left_after(struck, *txn) == Left::nothing;
  std::optional<cancel::Verdict> now;
  {
    const seam::Lock lock(pending->mutex);
    pending->decided = true;
    pending->own = own;
    now = pending->verdict;
  }
  if (!own) return tell(bury(bank, account, key), txn);
  if (now) tell(*now, txn);
}

}  // namespace bank
