// Wrong: the receiver acquires the mutex of the request first, the sender that of the mailbox.
// Says: wait for each other for ever
#include "mailbox.hpp"

int Mailbox::receive(cancel::Request& request) {
  Receiver receiver{*this, request};
  {
    const seam::Lock lock(mutex_);
    receiver_ = &receiver;
  }
  cancel::Cleanup leave(request, {"stop receiving"}, &stop_receiving, &receiver);
  request.wait_until(
      [&] {
        const seam::Lock lock(mutex_);
        if (messages_.empty()) return false;
        receiver.message = messages_.front();
        messages_.pop_front();
        return true;
      },
      "message", 0);
  leave.pop(true);
  return *receiver.message;
}

void Mailbox::send(int message) {
  const seam::Lock lock(mutex_);
  messages_.push_back(message);
  if (receiver_ != nullptr) receiver_->request.wake([] {});
}

void Mailbox::stop_receiving(void* argument) noexcept {
  Mailbox& mailbox = static_cast<Receiver*>(argument)->mailbox;
  const seam::Lock lock(mailbox.mutex_);
  mailbox.receiver_ = nullptr;
}
