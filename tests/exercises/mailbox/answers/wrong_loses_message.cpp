// Wrong: a receiver that is cancelled just after it was given a message loses it.
// Says: A message was lost
#include <utility>

#include "mailbox.hpp"

int Mailbox::receive(cancel::Request& request) {
  Receiver receiver{*this, request};
  {
    const seam::Lock lock(mutex_);
    if (!messages_.empty()) {
      const int message = messages_.front();
      messages_.pop_front();
      return message;
    }
    receiver_ = &receiver;
  }
  cancel::Cleanup leave(request, {"stop receiving"}, &stop_receiving, &receiver);
  request.wait_until([&receiver] { return receiver.message.has_value(); }, "message", 0);
  leave.pop(false);
  return *receiver.message;
}

void Mailbox::send(int message) {
  const seam::Lock lock(mutex_);
  if (receiver_ == nullptr) {
    messages_.push_back(message);
    return;
  }
  Receiver* const receiver = std::exchange(receiver_, nullptr);
  receiver->request.wake([&] { receiver->message = message; });
}

void Mailbox::stop_receiving(void* argument) noexcept {
  Mailbox& mailbox = static_cast<Receiver*>(argument)->mailbox;
  const seam::Lock lock(mailbox.mutex_);
  mailbox.receiver_ = nullptr;
}
