/// One thread is blocked receiving on a handle and five hundred send on it; on an error all of them
/// disconnect. One closes the handle, and the others find that it names nothing. The receiver is
/// woken and returns. The memory is freed once, with the last reference.
/// (John Schultz on spread-users, 18 June 2003.)

#include <atomic>
#include <vector>

#include <doctest/doctest.h>

#include "server/cancel/handle_table.hpp"
#include "server/seam/seam.hpp"

namespace {

enum class Answer { done, invalid_handle };

class Mailbox {
 public:
  explicit Mailbox(std::atomic<int>& reclaimed) : reclaimed_(reclaimed) {}
  ~Mailbox() { ++reclaimed_; }
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  /// Blocks until the mailbox is closed; nothing is ever sent.
  Answer receive(std::atomic<bool>& blocked) {
    const seam::Lock lock(mutex_);
    blocked = true;
    while (!closed_) changed_.wait(mutex_);
    return Answer::invalid_handle;
  }
  void close() {
    const seam::Lock lock(mutex_);
    closed_ = true;
    changed_.notify();
  }

 private:
  std::atomic<int>& reclaimed_;
  seam::Mutex mutex_;
  seam::Condition changed_;
  bool closed_ GUARDED_BY(mutex_) = false;
};

using Mailboxes = cancel::HandleTable<Mailbox>;

Answer disconnect(Mailboxes& mailboxes, cancel::Handle handle) {
  const auto mailbox = mailboxes.find(handle);
  if (mailbox == nullptr || !mailboxes.remove(handle)) return Answer::invalid_handle;
  mailbox->close();
  return Answer::done;
}

}  // namespace

TEST_CASE(
    "of five hundred threads that disconnect one handle, one succeeds and none uses freed memory") {
  std::atomic<int> reclaimed = 0;
  std::atomic<bool> blocked = false;
  std::atomic<int> closed = 0;
  std::atomic<int> invalid = 0;
  Mailboxes mailboxes(1);
  const cancel::Handle handle = mailboxes.issue();
  mailboxes.insert(handle, std::make_shared<Mailbox>(reclaimed));

  seam::Thread receiver;
  REQUIRE(receiver.start([&] {
    const auto mailbox = mailboxes.find(handle);
    invalid += mailbox->receive(blocked) == Answer::invalid_handle ? 1 : 0;
  }));
  while (!blocked) sched_yield();

  std::vector<seam::Thread> senders(500);
  for (seam::Thread& sender : senders) {
    REQUIRE(sender.start([&] {
      const Answer answer = disconnect(mailboxes, handle);
      (answer == Answer::done ? closed : invalid) += 1;
    }));
  }
  for (seam::Thread& sender : senders) sender.join();
  receiver.join();

  CHECK(closed == 1);
  CHECK(invalid == 500);  // 499 senders and the receiver
  CHECK(reclaimed == 1);
  CHECK(mailboxes.size() == 0);
  CHECK(disconnect(mailboxes, handle) == Answer::invalid_handle);
}
