// Right: a message that was given to a cancelled receiver is put back.
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
  const Receiver& receiver = *static_cast<Receiver*>(argument);
  Mailbox& mailbox = receiver.mailbox;
  const seam::Lock lock(mailbox.mutex_);
  if (receiver.message) {
    mailbox.messages_.push_front(*receiver.message);
  } else {
    mailbox.receiver_ = nullptr;
  }
}
