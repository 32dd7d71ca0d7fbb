// Wrong: looks the handle up in one step and removes it in another.
// Says: Two threads closed the same channel
#include "channels.hpp"

Channels::Result Channels::close(cancel::Handle handle) {
  Channel* channel = enter(handle);
  if (channel == nullptr) return Result::invalid_handle;
  {
    const seam::Lock lock(mutex_);
    channels_.erase(handle);
  }
  leave(*channel);
  {
    const seam::Lock lock(channel->mutex);
    channel->closed = true;
    channel->changed.notify();
    while (channel->users > 0) channel->last_left.wait(channel->mutex);
  }
  reclaim(*channel);
  return Result::done;
}
