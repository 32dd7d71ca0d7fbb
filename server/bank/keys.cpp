#include "server/bank/keys.hpp"

#include "server/bank/refusals.hpp"
#include "server/bank/text.hpp"

namespace bank {
namespace {

Reply status_map(std::string_view outcome, const ledger::KeyRecord& row, ledger::Cents balance) {
  return Reply::map({
      {"outcome", Reply::bulk(std::string(outcome))},
      {"id", Reply::integer(row.transfer)},
      {"kind", Reply::bulk(std::string(name(row.claim.kind)))},
      {"amount", Reply::integer(row.claim.amount)},
      {"balance", Reply::integer(balance)},
      {"time", Reply::bulk(rfc3339(row.time))},
      {"reversed_by", Reply::integer(row.reversed_by)},
  });
}

/// Whether a COMMIT that failed may have reversed the transfer of the row.
bool may_be_reversed(const Bank& bank, const ledger::KeyRecord& row) {
  return bank.commits.closed() && row.reversed_by == 0 &&
         bank.accounts.is_in_doubt(row.claim.account);
}

Reply status(Bank& bank, ledger::AccountId account, const std::string& key) {
  // Read the claim before the row: a running request may commit in between, and the row wins.
  const auto running = bank.keys.find(account, key);
  const auto row = bank.ledger.key(account, key);
  if (row && row->cancelled) return status_map("cancelled", *row, 0);
  if (row && may_be_reversed(bank, *row)) return refusals::unknown_outcome();
  if (row) {
    const bool created = row->claim.kind == ledger::Kind::create;  // and replied with its number
    return status_map("committed", *row, created ? row->claim.amount : row->reply);
  }
  if (bank.commits.closed()) return refusals::unknown_outcome();
  ledger::KeyRecord no_row;
  if (!running || running->stage() == cancel::Stage::answered) return status_map("none", no_row, 0);
  no_row.claim = running->arguments().claim();
  return status_map("running", no_row, 0);
}

/// Whether a cancel of the transaction leaves its key without a row and without a tombstone.
bool needs_tombstone(const cancel::CancelAttempt& attempt, const Transaction& txn) {
  if (attempt.won) return false;  // the transaction writes it
  if (attempt.found == cancel::Stage::answered) return true;
  const bool cancelled =
      attempt.found == cancel::Stage::cancelling || attempt.found == cancel::Stage::cancelled;
  if (!cancelled) return false;  // past the point of no return
  return !txn.order()->durable;  // neither a deadline nor a lost connection writes one
}

/// Forwards the verdict of a transaction once open() is called. The verdict may arrive while
/// cancel() still runs, and only the result of cancel() says whether it answers the caller.
class VerdictRelay {
 public:
  VerdictRelay(OnVerdict answer, std::shared_ptr<Transaction> txn)
      : answer_(std::move(answer)), txn_(std::move(txn)) {}

  void receive(cancel::Verdict verdict) {
    {
      const seam::Lock lock(mutex_);
      verdict_ = verdict;
      if (!open_) return;
    }
    answer_(verdict, txn_);
  }
  /// Forwards the verdict if it has arrived, and as soon as it does.
  void open() {
    std::optional<cancel::Verdict> arrived;
    {
      const seam::Lock lock(mutex_);
      open_ = true;
      arrived = verdict_;
    }
    if (arrived) answer_(*arrived, txn_);
  }

 private:
  const OnVerdict answer_;
  const std::shared_ptr<Transaction> txn_;
  seam::Mutex mutex_;
  bool open_ GUARDED_BY(mutex_) = false;
  std::optional<cancel::Verdict> verdict_ GUARDED_BY(mutex_);
};

}  // namespace

Reply reply_from_row(const Bank& bank, const ledger::KeyRecord& row, const ledger::Claim& claim) {
  if (row.cancelled) return refusals::key_cancelled(claim.key);
  const ledger::Claim& first = row.claim;
  if (first.kind != claim.kind || first.other != claim.other || first.amount != claim.amount) {
    return refusals::key_reused(claim.key);
  }
  if (row.reversed_by != 0) return refusals::key_reversed(claim.key, row.reversed_by);
  if (may_be_reversed(bank, row)) return refusals::unknown_outcome();
  return Reply::integer(row.reply);
}

namespace {

Tombstone taken_by(const ledger::KeyRecord& row) {
  return {row.cancelled ? cancel::Verdict::already : cancel::Verdict::too_late, row};
}

/// Makes one attempt. Returns nothing if the key had an ordered row that was revoked meanwhile. The
/// caller uses the key. Throws if the ledger fails.
std::optional<Tombstone> try_tombstone(Bank& bank, const ledger::KeyRecord& tombstone) {
  const ledger::AccountId account = tombstone.claim.account;
  const std::string& key = tombstone.claim.key;
  if (const auto row = bank.ledger.key(account, key)) return taken_by(*row);
  try {
    bank.commits.commit(
        [&](ledger::UnitOfWork& unit) { unit.store_tombstone(account, key, tombstone.time); },
        [&](const BatchRef& batch) { bank.keys.order(tombstone, batch); });
    return Tombstone{cancel::Verdict::cancelled, {}};
  } catch (const KeyOrdered& taken) {
    // The verdict rests on that row.
    const Batch::State state = bank.commits.await(taken.batch);
    if (state == Batch::State::durable) return taken_by(taken.record);
    if (state == Batch::State::revoked) return std::nullopt;
    return Tombstone{cancel::Verdict::unknown, {}};
  }
}

}  // namespace

Tombstone store_tombstone(Bank& bank, ledger::AccountId account, const std::string& key) {
  const KeyTable::Use use(bank.keys, account, key);
  ledger::KeyRecord tombstone;
  tombstone.claim.account = account;
  tombstone.claim.key = key;
  tombstone.cancelled = true;
  tombstone.time = seam::wall_clock();
  try {
    for (;;) {
      if (auto made = try_tombstone(bank, tombstone)) return *made;
    }
  } catch (const std::exception&) {
    return {cancel::Verdict::unknown, {}};
  }
}

Reply status_of_key(Bank& bank, ledger::AccountId account, const std::string& key) {
  try {
    return status(bank, account, key);
  } catch (const std::exception& error) {
    return refusals::cannot_read(error);
  }
}

void cancel_key(Bank& bank, ledger::AccountId account, const std::string& key,
                const cancel::CancelOrder& order, const OnVerdict& answer) {
  const auto txn = bank.keys.find(account, key);
  if (!txn) return answer(store_tombstone(bank, account, key).verdict, nullptr);
  const auto relay = std::make_shared<VerdictRelay>(answer, txn);
  const cancel::CancelAttempt attempt =
      txn->cancel(order, [relay](cancel::Verdict verdict) { relay->receive(verdict); });
  if (!needs_tombstone(attempt, *txn)) return relay->open();
  answer(store_tombstone(bank, account, key).verdict, txn);
}

}  // namespace bank
