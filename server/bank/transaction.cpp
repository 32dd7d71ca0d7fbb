#include "server/bank/transaction.hpp"

#include <utility>

#include "server/bank/refusals.hpp"
#include "server/bank/text.hpp"

namespace bank {
namespace {

constexpr std::size_t longest_text = 200;

cancel::Request::Options request_options(const Bank& bank, cancel::ThreadOwner* boss) {
  return {bank.options.mechanism, boss, bank.options.teaching};
}

}  // namespace

Transaction::Transaction(Bank& bank, std::vector<std::string> command, Origin origin,
                         const Services& services)
    : Request(request_options(bank, services.owner)),
      bank_(bank),
      handle_(bank.transactions.issue()),
      buffer_(std::make_unique<RequestBuffer>(std::move(command), bank.counters)),
      origin_(std::move(origin)),
      user_(origin_.session->user()),
      services_(services),
      asked_(parse_arguments(buffer_->words(), *origin_.session)) {}

std::shared_ptr<Transaction> Transaction::admit(Bank& bank, std::vector<std::string> command,
                                                Origin origin, const Services& services) {
  auto made = std::make_shared<Transaction>(bank, std::move(command), std::move(origin), services);
  Arguments& asked = made->asked_;
  if (asked.claims_key() && !asked.fault) {
    made->has_key_ = bank.claims.claim(asked.account, asked.key, made);
    made->key_is_anothers_ = !made->has_key_;
    if (made->key_is_anothers_) asked.fault = refusals::in_progress(asked.key);
  }
  bank.transactions.insert(made->handle_, made);
  return made;
}

Transaction::~Transaction() {
  // Admission has failed half-way: nobody will reply.
  if (stage() == cancel::Stage::queued) release_key();
}

bool Transaction::undo_admission() {
  // It can be found by now, so it ends as all do: who cancels it meanwhile gets a verdict, and who
  // waits for it to be gone is told. Shutdown is the reason that leaves no trace of a key.
  withdrawn_ = cancel(order_of(Reason::shutdown), [](cancel::Verdict) {}).won;
  if (withdrawn_) release_key();
  return withdrawn_;
}

bool Transaction::touches(ledger::AccountId account) const {
  if (account == ledger::vault) return false;
  return asked_.account == account || asked_.to == account || also_touched_.load() == account;
}

// ── The end ─────────────────────────────────────────────────────────────────────────────────────

void Transaction::release_key() noexcept {
  if (!std::exchange(has_key_, false)) return;
  bank_.claims.release(asked_.account, asked_.key);
}

void Transaction::reply(const Reply& answer) noexcept {
  // A key whose outcome is unknown stays claimed: nobody may be told anything about it until the
  // next start has found out.
  if (stage() != cancel::Stage::unknown) release_key();
  const bool told = origin_.customer->deliver(answer);
  if (!told && stage() == cancel::Stage::committed) bank_.counters.lost_acks.add(1);
}

cancel::Verdict Transaction::make_durable(const cancel::CancelOrder&) noexcept {
  if (!buries_key()) return cancel::Verdict::cancelled;
  try {
    bank_.commits.commit([this](ledger::UnitOfWork& unit) {
      unit.store_tombstone(asked_.account, asked_.key, seam::wall_clock());
    });
    return cancel::Verdict::cancelled;
  } catch (ledger::KeyTaken& taken) {
    blocking_row_ = std::move(taken.record);  // a copy would take memory
    return blocking_row_->cancelled ? cancel::Verdict::already : cancel::Verdict::too_late;
  } catch (const std::exception&) {
    return cancel::Verdict::unknown;
  }
}

void Transaction::reply_cancelled(const cancel::CancelOrder& order,
                                  cancel::Verdict winners) noexcept {
  free_buffer();
  if (withdrawn_) return;  // the boss has answered
  if (winners == cancel::Verdict::cancelled) bank_.counters.count(reason_of(order));
  reply(cancelled_reply(order, winners));
}

Reply Transaction::cancelled_reply(const cancel::CancelOrder& order,
                                   cancel::Verdict winners) const {
  if (winners == cancel::Verdict::unknown) return refusals::tombstone_failed(asked_.key);
  // If the key has had its row all the time, the row answers.
  if (blocking_row_) return answer_from(*blocking_row_, asked_.claim());
  const auto at = static_cast<Point>(view().point);
  if (reason_of(order) == Reason::deadline) return refusals::deadline(handle_, at);
  return refusals::cancelled(handle_, reason_of(order), at, order.text);
}

void Transaction::remove_handle() noexcept {
  free_buffer();
  bank_.transactions.remove(handle_);
}

void Transaction::schedule_end() {
  // A tombstone takes a commit, and the boss never waits for one.
  const auto given = order();
  if (given && given->durable && buries_key()) {
    services_.elsewhere([self = std::static_pointer_cast<Transaction>(shared_from_this())] {
      self->end_unstarted();
    });
  } else {
    end_unstarted();
  }
}

// ── Questions ───────────────────────────────────────────────────────────────────────────────────

bool Transaction::must_hold(cancel::PointIndex point) const {
  return bank_.holds.stops(point, static_cast<int>(asked_.operation),
                           [this](std::int64_t account) { return touches(account); });
}

cancel::CancelOrder order_of(Reason reason, std::string text) {
  const bool by_people = reason == Reason::operator_ || reason == Reason::customer;
  return {static_cast<std::uint8_t>(reason), one_line(text, longest_text), by_people};
}

Reply answer_from(const ledger::KeyRecord& row, const ledger::Claim& asked) {
  if (row.cancelled) return refusals::key_cancelled(asked.key);
  const ledger::Claim& first = row.claim;
  if (first.kind != asked.kind || first.other != asked.other || first.amount != asked.amount) {
    return refusals::key_reused(asked.key);
  }
  return Reply::integer(row.reply);
}

}  // namespace bank
