#include "server/bank/commit_queue.hpp"

#include <algorithm>
#include <array>

#include "server/cancel/request.hpp"

namespace bank {
namespace {

/// TXN LIST shows that the transaction waits for its commit.
class ShownWaiting {
 public:
  ShownWaiting() : request_(cancel::Request::current()) {
    if (request_ != nullptr) request_->show_waiting("commit");
  }
  ~ShownWaiting() {
    if (request_ != nullptr) request_->show_waiting({});
  }
  ShownWaiting(const ShownWaiting&) = delete;
  ShownWaiting& operator=(const ShownWaiting&) = delete;

 private:
  cancel::Request* const request_;
};

}  // namespace

void CommitQueue::commit(const Store& store) {
  const ShownWaiting waiting;
  Member self{store, nullptr, false, {}};
  bool leads = false;
  {
    const seam::Lock lock(mutex_);
    queue_.push_back(&self);
    while (!self.done && queue_.front() != &self) self.turn.wait(mutex_);
    leads = !self.done;
  }
  if (leads) lead(self);
  if (self.error) std::rethrow_exception(self.error);
}

std::size_t CommitQueue::waiting() const {
  const seam::Lock lock(mutex_);
  return queue_.size();
}

void CommitQueue::lead(Member& self) {
  // On the stack: a leader that ran out of memory here would leave the queue without one.
  std::array<Member*, largest_batch> taken;
  std::size_t size = 0;
  {
    const seam::Lock lock(mutex_);
    size = std::min(queue_.size(), taken.size());
    std::copy_n(queue_.begin(), size, taken.begin());
  }
  const Batch batch(taken.data(), size);
  carry_out(batch);
  {
    // The leader stays at the front until it has tidied up: nobody else may touch the writer.
    const seam::Lock lock(mutex_);
    queue_.erase(queue_.begin() + 1, queue_.begin() + static_cast<std::ptrdiff_t>(size));
    for (Member* member : batch) {
      if (member == &self) continue;
      member->done = true;
      member->turn.notify();
    }
  }
  ledger_.tidy();
  const seam::Lock lock(mutex_);
  queue_.pop_front();
  if (!queue_.empty()) queue_.front()->turn.notify();
}

void CommitQueue::carry_out(Batch batch) {
  if (try_together(batch)) return;
  for (std::size_t i = 0; i < batch.size(); ++i) try_together(batch.subspan(i, 1));
}

/// False if the store has undone the whole unit because of one member: nothing is stored, and each
/// should have a unit of its own.
bool CommitQueue::try_together(Batch batch) {
  const auto fail_all = [batch](const std::exception_ptr& error) {
    for (Member* member : batch) member->error = error;
  };
  try {
    if (closed()) throw ledger::StoreFailed("the ledger is closed after a failed commit");
    const auto unit = ledger_.begin();
    if (!store_all(*unit, batch)) return batch.size() == 1;
    commit_unit(*unit, batch);
  } catch (const ledger::OutcomeUnknown&) {
    closed_.store(true);
    fail_all(std::current_exception());
    on_unknown_();
  } catch (const std::exception&) {
    // Nothing was stored. Perhaps there is room for some of them alone.
    if (batch.size() > 1) return false;
    fail_all(std::current_exception());
  }
  return true;
}

/// False if the unit is lost. Each member's error is its own.
bool CommitQueue::store_all(ledger::UnitOfWork& unit, Batch batch) {
  for (Member* member : batch) {
    member->error = nullptr;
    try {
      member->store(unit);
    } catch (...) {  // no window is beneath: whoever stores has cancellation disabled
      member->error = std::current_exception();
    }
    if (!unit.alive()) return false;
  }
  return true;
}

void CommitQueue::commit_unit(ledger::UnitOfWork& unit, Batch batch) {
  const auto stored =
      std::count_if(batch.begin(), batch.end(), [](const Member* m) { return !m->error; });
  if (stored == 0) return;
  unit.commit();
  commits_.add(stored);
  batches_.add(1);
}

}  // namespace bank
