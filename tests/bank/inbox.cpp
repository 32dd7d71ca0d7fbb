#include "tests/bank/inbox.hpp"

#include "tests/bank/reply_text.hpp"

namespace rig {

bool Inbox::deliver(const bank::Reply& reply) noexcept {
  const std::string line = text(reply);
  bool gone = false;
  {
    const std::lock_guard lock(mutex_);
    reply_ = line;
    ++replies_;
    gone = gone_;
  }
  if (on_reply_) on_reply_(line);
  return !gone;
}

void Inbox::hang_up() {
  const std::lock_guard lock(mutex_);
  gone_ = true;
}

std::optional<std::string> Inbox::reply() const {
  const std::lock_guard lock(mutex_);
  return reply_;
}

int Inbox::replies() const {
  const std::lock_guard lock(mutex_);
  return replies_;
}

}  // namespace rig
