#include "server/bank/commit_queue.hpp"

#include <algorithm>
#include <vector>

#include "server/cancel/request.hpp"
#include "server/seam/scope_exit.hpp"

namespace bank {
void CommitQueue::commit(const Store& store) {
  cancel::Request* const request = cancel::Request::current();  // null outside a transaction
  if (request != nullptr) request->show_waiting("commit");
  const seam::ScopeExit committed([request] {
    if (request != nullptr) request->show_waiting({});
  });
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
  std::vector<Member*> batch;
  {
    const seam::Lock lock(mutex_);
    const std::size_t size = std::min(queue_.size(), largest_batch);
    batch.assign(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(size));
  }
  commit_batch(batch);
  {
    // The leader stays at the front until it has tidied up: one thread at a time uses the writer.
    const seam::Lock lock(mutex_);
    queue_.erase(queue_.begin() + 1, queue_.begin() + static_cast<std::ptrdiff_t>(batch.size()));
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

void CommitQueue::commit_batch(Batch batch) {
  if (commit_as_one(batch)) return;
  for (std::size_t i = 0; i < batch.size(); ++i) commit_as_one(batch.subspan(i, 1));
}

/// Returns false if nothing was stored because of one member, so that each should be tried alone.
bool CommitQueue::commit_as_one(Batch batch) {
  const auto fail_all = [batch](const std::exception_ptr& error) {
    for (Member* member : batch) member->error = error;
  };
  try {
    if (closed()) throw ledger::StoreFailed("the ledger is closed after a failed commit");
    const auto unit = ledger_.begin();
    if (!store_all(*unit, batch)) return batch.size() == 1;
    const auto stored =
        std::count_if(batch.begin(), batch.end(), [](const Member* m) { return !m->error; });
    if (stored == 0) return true;
    unit->commit();
    commits_.add(stored);
    batches_.add(1);
  } catch (const ledger::OutcomeUnknown&) {
    closed_.store(true);
    // A member that was refused because of a neighbour's row is in doubt as that row is.
    fail_all(std::current_exception());
    on_unknown_();
  } catch (const std::exception&) {
    if (batch.size() > 1) return false;
    fail_all(std::current_exception());
  }
  return true;
}

/// Returns false if the store has undone the whole unit.
bool CommitQueue::store_all(ledger::UnitOfWork& unit, Batch batch) {
  for (Member* member : batch) {
    member->error = nullptr;
    try {
      member->store(unit);
    } catch (const std::exception&) {
      member->error = std::current_exception();
    }
    if (!unit.alive()) return false;
  }
  return true;
}

}  // namespace bank
