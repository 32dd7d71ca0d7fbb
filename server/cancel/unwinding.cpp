#include "server/cancel/unwinding.hpp"

#include "server/seam/window.hpp"

namespace cancel {

void Unwinding::unwind() {
  begun_ = true;
  if (mechanism_ == Mechanism::token) throw Cancelled{};
  seam::await_cancel();
}

void Unwinding::wait(seam::Condition& changed, seam::Mutex& mutex, bool cancellable) {
  if (!cancellable || mechanism_ == Mechanism::token) {
    changed.wait(mutex);
    return;
  }
  begun_ = true;  // if the cancel strikes in the window, cleanup is what runs next
  changed.wait_in_window(mutex);
  begun_ = false;
}

}  // namespace cancel
