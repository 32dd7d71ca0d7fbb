#include "server/bank/commit_order.hpp"

#include <iterator>
#include <utility>

#include "db/errors.hpp"

namespace bank {
namespace {

void refuse_if_lost(const RestsOn& rests_on) {
  const BatchRef lost = rests_on.lost();
  if (!lost) return;
  if (lost->state() == Batch::State::revoked) throw ledger::StoreFailed(lost->why());
  throw ledger::OutcomeUnknown("it rests on a commit whose outcome is not known");
}

}  // namespace

CommitOrder::Place CommitOrder::order(const RestsOn& rests_on, const Batch::Change& change,
                                      const Apply& apply) {
  const seam::Lock lock(mutex_);
  refuse_if_lost(rests_on);
  if (closed_) throw ledger::StoreFailed("the ledger is closed after a failed commit");
  // A freeze marks the row of an account that another thread owns. If the mark was revoked since
  // that thread read the row, its change must not keep the mark.
  if (rests_on.is_older_than(epoch_.load())) {
    throw ledger::StoreFailed("a change before this one was refused; try again");
  }
  const std::size_t taken = taken_ ? taken_->changes_.size() : 0;
  if (taken + open_->changes_.size() >= most) return {taken_ ? taken_ : open_, true, false};
  if (apply) apply(open_);
  open_->changes_.push_back(change);
  return {open_, false, !led_};
}

BatchRef CommitOrder::last_undecided(const RestsOn& rests_on) const {
  BatchRef last;
  for (const BatchRef& batch : rests_on.batches()) {
    if (is_undecided(batch) && (!last || batch->number() > last->number())) last = batch;
  }
  return last;
}

CommitOrder::Registered CommitOrder::when_decided(const RestsOn& rests_on,
                                                  std::function<void()> then, bool leads) {
  const seam::Lock lock(mutex_);
  const BatchRef last = last_undecided(rests_on);
  if (last) last->when_decided_.push_back(std::move(then));
  return {last != nullptr, leads && !led_ ? take() : nullptr};
}

std::size_t CommitOrder::waiting() const {
  const seam::Lock lock(mutex_);
  return open_->changes_.size() + (taken_ ? taken_->changes_.size() : 0);
}

// ── Leading ─────────────────────────────────────────────────────────────────────────────────────

BatchRef CommitOrder::take() {
  if (open_->changes_.empty()) return nullptr;
  led_ = true;
  taken_ = open_;
  open_next();
  return taken_;
}

BatchRef CommitOrder::lead() {
  const seam::Lock lock(mutex_);
  return led_ ? nullptr : take();
}

bool CommitOrder::await_turn(const BatchRef& batch) {
  Awaiter self{batch, {}};
  const seam::Lock lock(mutex_);
  if (is_undecided(batch) && led_) {
    awaiters_.push_back(&self);
    while (is_undecided(batch) && led_) self.wake.wait(mutex_);
    std::erase(awaiters_, &self);
  }
  if (!is_undecided(batch)) return false;
  take();  // an undecided batch that no leader writes is the open one
  return true;
}

void CommitOrder::settle(Batch& batch, Batch::State state, const std::string& why) {
  batch.why_ = why;
  batch.state_.store(state);
}

CommitOrder::Decided CommitOrder::decide(const BatchRef& taken, Batch::State state,
                                         const std::string& why) {
  // The tables refer to a batch for long; its changes are not needed any more. They are destroyed
  // without the mutex.
  std::vector<Batch::Change> done;
  std::vector<Batch::Change> undone;
  const seam::Lock lock(mutex_);
  auto due = std::move(taken->when_decided_);
  done = std::move(taken->changes_);
  settle(*taken, state, why);
  taken_ = nullptr;
  led_ = false;
  if (state != Batch::State::durable) {
    undone = std::move(open_->changes_);
    const bool revoked = state == Batch::State::revoked;
    settle(*open_, revoked ? Batch::State::revoked : Batch::State::abandoned, why);
    // After the states: a thread that reads the new epoch reads no revoked row.
    epoch_.fetch_add(1, std::memory_order_release);
    std::move(open_->when_decided_.begin(), open_->when_decided_.end(), std::back_inserter(due));
    open_next();
  }
  bool one_leads = false;  // of the threads that await the open batch
  for (Awaiter* awaiter : awaiters_) {
    const bool decided = !is_undecided(awaiter->batch);
    if (decided || !std::exchange(one_leads, true)) awaiter->wake.notify();
  }
  return {std::move(due), !one_leads && !open_->changes_.empty()};
}

void CommitOrder::close() {
  const seam::Lock lock(mutex_);
  closed_ = true;
}

}  // namespace bank
