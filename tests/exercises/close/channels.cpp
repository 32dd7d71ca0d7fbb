/// The rest of Channels, which is given.

#include "channels.hpp"

#include "tests/exercises/trial.hpp"

cancel::Handle Channels::open() {
  const seam::Lock lock(mutex_);
  const cancel::Handle handle{1, ++last_};
  all_.push_back(std::make_unique<Channel>());
  channels_.emplace(handle, all_.back().get());
  exercise::name(&all_.back()->mutex, "the channel");
  exercise::name(&mutex_, "the table");
  return handle;
}

Channels::Channel* Channels::enter(cancel::Handle handle) {
  const seam::Lock lock(mutex_);
  const auto at = channels_.find(handle);
  if (at == channels_.end()) return nullptr;
  const seam::Lock its_lock(at->second->mutex);
  ++at->second->users;
  return at->second;
}

void Channels::leave(Channel& channel) {
  const seam::Lock lock(channel.mutex);
  if (channel.is_reclaimed) used_after_reclaim_.store(true);
  if (--channel.users == 0) channel.last_left.notify();
}

void Channels::reclaim(Channel& channel) {
  exercise::note("reclaims the channel");
  const seam::Lock lock(channel.mutex);
  channel.is_reclaimed = true;
  reclaimed_.add(1);
}

Channels::Result Channels::send(cancel::Handle handle) {
  Channel* const channel = enter(handle);
  if (channel == nullptr) return Result::invalid_handle;
  exercise::note("uses the channel");
  bool closed = false;
  {
    const seam::Lock lock(channel->mutex);
    if (channel->is_reclaimed) used_after_reclaim_.store(true);
    closed = channel->closed;
    if (!closed) ++channel->messages;
    channel->changed.notify();
  }
  leave(*channel);
  return closed ? Result::invalid_handle : Result::done;
}

Channels::Result Channels::receive(cancel::Handle handle) {
  Channel* const channel = enter(handle);
  if (channel == nullptr) return Result::invalid_handle;
  exercise::note("uses the channel");
  bool received = false;
  {
    const seam::Lock lock(channel->mutex);
    while (channel->messages == 0 && !channel->closed) channel->changed.wait(channel->mutex);
    if (channel->is_reclaimed) used_after_reclaim_.store(true);
    received = channel->messages > 0;
    if (received) --channel->messages;
  }
  leave(*channel);
  return received ? Result::done : Result::invalid_handle;
}
