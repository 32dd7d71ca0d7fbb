// Wrong: wakes the receiver before it marks the channel, so the receiver may fall asleep again.
// Says: The receiver is never woken
#include "channels.hpp"

Channels::Result Channels::close(cancel::Handle handle) {
  Channel* channel = nullptr;
  {
    const seam::Lock lock(mutex_);
    const auto found = channels_.extract(handle);
    if (found.empty()) return Result::invalid_handle;
    channel = found.mapped();
  }
  {
    const seam::Lock lock(channel->mutex);
    channel->changed.notify();
  }
  {
    const seam::Lock lock(channel->mutex);
    channel->closed = true;
    while (channel->users > 0) channel->last_left.wait(channel->mutex);
  }
  reclaim(*channel);
  return Result::done;
}
