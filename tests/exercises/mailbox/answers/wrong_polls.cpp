// Wrong: asks again and again at a cancellation point, and keeps a processor busy.
// Says: a thread asks again and again
#include "mailbox.hpp"

int Mailbox::receive(cancel::Request& request) {
  for (;; request.pass(1)) {
    const seam::Lock lock(mutex_);
    if (messages_.empty()) continue;
    const int message = messages_.front();
    messages_.pop_front();
    return message;
  }
}

void Mailbox::send(int message) {
  const seam::Lock lock(mutex_);
  messages_.push_back(message);
}

void Mailbox::stop_receiving(void*) noexcept {}
