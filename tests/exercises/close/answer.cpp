#include "channels.hpp"

// Only the removal is here yet.
Channels::Result Channels::close(cancel::Handle handle) {
  const seam::Lock lock(mutex_);
  channels_.erase(handle);
  return Result::done;
}
