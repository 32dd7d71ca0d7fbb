// Right: one step finds and removes; the winner wakes, waits for the last user, and reclaims.
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
    channel->closed = true;
    channel->changed.notify();
    while (channel->users > 0) channel->last_left.wait(channel->mutex);
  }
  reclaim(*channel);
  return Result::done;
}
