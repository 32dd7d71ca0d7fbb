#include "server/bank/transaction.hpp"

#include <utility>

#include "server/bank/keys.hpp"
#include "server/bank/refusals.hpp"
#include "server/bank/text.hpp"
#include "server/bank/transactions.hpp"
#include "server/seam/require.hpp"

namespace bank {
namespace {

/// OK, or the code of the error.
std::string_view code_of(const Reply& reply) {
  return reply.as_error() == nullptr ? "OK" : name(reply.as_error()->code);
}
cancel::PointIndex index_of(Point point) {
  return static_cast<cancel::PointIndex>(point);
}
/// The number that is the reply, or the text of the error; otherwise nothing.
std::string text_of(const Reply& reply) {
  if (reply.as_error() != nullptr) return reply.as_error()->text;
  const auto* number = std::get_if<std::int64_t>(&reply.value);
  if (number == nullptr) return {};
  return std::to_string(*number);
}

}  // namespace

// ── Admission ───────────────────────────────────────────────────────────────────────────────────

Transaction::Transaction(Bank& bank, std::vector<std::string> command, Origin origin,
                         const Threads& threads)
    : Request(
          {bank.options.mechanism, threads.owner, bank.options.teaching, bank.options.observer}),
      bank_(bank),
      handle_(bank.transactions.issue()),
      buffer_(std::make_unique<RequestBuffer>(std::move(command), bank.counters)),
      origin_(std::move(origin)),
      user_(origin_.session->user()),
      threads_(threads),
      arguments_(parse_arguments(buffer_->words(), *origin_.session)) {}

std::shared_ptr<Transaction> Transaction::admit(Bank& bank, std::vector<std::string> command,
                                                Origin origin, const Threads& threads) {
  auto txn = std::make_shared<Transaction>(bank, std::move(command), std::move(origin), threads);
  txn->show({cancel::Occurrence::Kind::admitted});
  Arguments& asked = txn->arguments_;
  if (asked.claims_key() && !asked.fault) {
    txn->has_claim_ = bank.keys.claim(asked.account, asked.key, txn);
    txn->claim_refused_ = !txn->has_claim_;
    if (txn->claim_refused_) asked.fault = refusals::in_progress(asked.key);
  }
  bank.transactions.insert(txn->handle_, txn);
  return txn;
}

Transaction::~Transaction() {
  if (stage() == cancel::Stage::queued) release_key();  // it was never run
}

std::optional<Reply> Transaction::undo_admission() {
  // Others can find the transaction by now, so it ends as every transaction does: cancellers get a
  // verdict, and waiters on its end are called. Shutdown is a reason that leaves no tombstone.
  admission_undone_ = cancel(order_of(Reason::shutdown), [](cancel::Verdict) {}).won;
  if (!admission_undone_) return std::nullopt;
  release_key();
  // INPROGRESS is no fault of the command, and BUSY precedes it.
  const auto& fault = arguments_.fault;
  if (fault && fault->as_error()->code != Code::in_progress) return fault;
  if (needs_own_thread()) return refusals::no_thread();
  return refusals::busy(arguments_.claims_key());
}

bool Transaction::touches(ledger::AccountId account) const {
  if (account == ledger::vault) return false;
  return arguments_.account == account || arguments_.to == account ||
         also_touched_.load() == account;
}

bool Transaction::must_hold(cancel::PointIndex point) const {
  return bank_.holds.stops(point, static_cast<int>(arguments_.operation),
                           [this](std::int64_t account) { return touches(account); });
}

void Transaction::perform() {
  process_request(*this);
}

// ── The commit, and the end ─────────────────────────────────────────────────────────────────────

void Transaction::ordered(const CommitOrder::Place& place) {
  own_ = place.batch;
  rests_on_.add(own_);
  if (!place.unled) return;
  // A hold may keep this thread for long; it must not keep the commit.
  if (bank_.options.teaching) return bank_.commits.lead_elsewhere();
  must_lead_ = true;
}

void Transaction::after_part() noexcept {
  if (must_lead_) return bank_.commits.lead();  // it was unwound after all
  bank_.commits.lead(std::move(to_write_));
}

void Transaction::push_buffer() {
  buffer_entry_.emplace(
      *this, cancel::CleanupName{"free request buffer"},
      [](void* owner) noexcept { static_cast<Transaction*>(owner)->free_buffer(); }, this);
}

void Transaction::seal(Reply reply) {
  progress_ = Progress::sealed;
  reply_ = std::move(reply);
  leave();
  if (rests_on_.batches().empty()) return go_on();
  show_waiting("commit");
  const auto self = std::static_pointer_cast<Transaction>(shared_from_this());
  auto registered = bank_.commits.when_decided(
      rests_on_, [self] { self->go_on(); }, std::exchange(must_lead_, false));
  to_write_ = std::move(registered.to_write);
  if (!registered.is_pending) go_on();
}

void Transaction::go_on() noexcept {
  if (progress_ == Progress::sealed) {
    progress_ = Progress::decided;
    // Another thread may have committed its change before this one noted it.
    if (own_ || !rests_on_.batches().empty()) settle();
    if (stage() == cancel::Stage::committed && parks_at(index_of(Point::committed))) return;
  }
  if (progress_ == Progress::decided) {
    progress_ = Progress::replied;
    this->reply(reply_);
    if (parks_at(index_of(Point::replied))) return;
  }
  pop_buffer();
  complete();
}

void Transaction::settle() {
  show_waiting({});
  using State = Batch::State;
  const BatchRef lost = own_ ? own_ : rests_on_.lost();
  const State state = lost ? lost->state() : State::durable;
  // Nothing of an abandoned change is stored, which is certain; a value read from one is not.
  const bool unknown = state == State::unknown || (state == State::abandoned && !own_);
  if (unknown) {
    reply_ = refusals::unknown_outcome();
  } else if (state != State::durable) {
    reply_ = refusals::store_failed(ledger::StoreFailed(lost->why()));
  }
  if (!own_) return;
  if (state == State::durable) count_commit();
  record_outcome(state == State::durable ? cancel::Stage::committed
                 : unknown               ? cancel::Stage::unknown
                                         : cancel::Stage::answered);
}

/// Before the stage is `committed`, so that a thread that sees that stage sees all of it.
void Transaction::count_commit() {
  const bool opens_with_money = arguments_.operation == Operation::create && arguments_.amount > 0;
  if (moves_money(arguments_.operation) || opens_with_money) bank_.counters.money_commits.add(1);
  if (when_durable_) when_durable_();
}

void Transaction::release_key() noexcept {
  if (!std::exchange(has_claim_, false)) return;
  bank_.keys.release(arguments_.account, arguments_.key);
}

void Transaction::reply(const Reply& reply) noexcept {
  seam::require(!std::exchange(replied_, true), "a transaction replies once");
  // A key whose outcome is unknown stays claimed: only the next start can say what became of it.
  if (stage() != cancel::Stage::unknown) release_key();
  if (active_observer() != nullptr) {
    show({cancel::Occurrence::Kind::reply, code_of(reply), 0, text_of(reply)});
  }
  const bool delivered = origin_.customer->deliver(reply);
  if (!delivered && stage() == cancel::Stage::committed) bank_.counters.lost_acks.add(1);
}

cancel::Verdict Transaction::make_durable(const cancel::CancelOrder&) noexcept {
  if (!needs_tombstone()) return cancel::Verdict::cancelled;
  Tombstone tombstone = store_tombstone(bank_, arguments_.account, arguments_.key);
  row_ = std::move(tombstone.row);
  return tombstone.verdict;
}

void Transaction::reply_cancelled(const cancel::CancelOrder& order,
                                  cancel::Verdict verdict) noexcept {
  free_buffer();
  if (admission_undone_) return;  // the caller of undo_admission() replies
  if (verdict == cancel::Verdict::cancelled) bank_.counters.count(reason_of(order));
  reply(cancelled_reply(order, verdict));
}

Reply Transaction::cancelled_reply(const cancel::CancelOrder& order,
                                   cancel::Verdict verdict) const {
  if (verdict == cancel::Verdict::unknown) return refusals::tombstone_failed(arguments_.key);
  if (row_) return reply_from_row(bank_, *row_, arguments_.claim());
  const auto at = static_cast<Point>(view().point);
  if (reason_of(order) == Reason::deadline) return refusals::deadline(handle_, at);
  return refusals::cancelled(handle_, reason_of(order), at, order.text);
}

void Transaction::remove_handle() noexcept {
  free_buffer();
  bank_.transactions.remove(handle_);
}

void Transaction::schedule_end() {
  if (!order()->durable || !needs_tombstone()) return end_unstarted();
  // A tombstone takes a commit, and the boss never waits for one.
  threads_.reserve([self = std::static_pointer_cast<Transaction>(shared_from_this())] {
    self->end_unstarted();
  });
}

cancel::CancelOrder order_of(Reason reason, const std::string& text) {
  const bool by_person = reason == Reason::operator_ || reason == Reason::customer;
  return {static_cast<std::uint8_t>(reason), one_line(text, longest_reason), by_person};
}

}  // namespace bank
