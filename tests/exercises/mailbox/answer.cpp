#include "mailbox.hpp"

// Works, but a request that waits here cannot be cancelled: arrived_.wait() is not a cancellation
// point. Repair all three functions.

int Mailbox::receive(cancel::Request&) {
  const seam::Lock lock(mutex_);
  while (messages_.empty()) arrived_.wait(mutex_);
  const int message = messages_.front();
  messages_.pop_front();
  return message;
}

void Mailbox::send(int message) {
  const seam::Lock lock(mutex_);
  messages_.push_back(message);
  arrived_.notify();
}

void Mailbox::stop_receiving(void*) noexcept {}
