// Wrong: reclaims the channel while a thread that found it earlier still uses it.
// Says: A channel was used after it had been reclaimed
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
  }
  reclaim(*channel);
  return Result::done;
}
