#pragma once

#include <map>
#include <memory>
#include <vector>

#include "server/cancel/handle_table.hpp"
#include "server/seam/seam.hpp"

/// Channels that threads share. A thread knows only the number of a channel, never its address.
/// (John Schultz on spread-users, 18 June 2003.) Any thread may call any member.
class Channels {
 public:
  enum class Result { done, invalid_handle };

  /// Returns the handle of a new channel.
  cancel::Handle open();
  Result send(cancel::Handle handle);
  /// Takes a message. Blocks until there is one, or until the channel is closed: invalid_handle.
  /// One thread at a time receives from a channel.
  Result receive(cancel::Handle handle);
  /// Closes the channel: of all that call it exactly one receives `done`, any other
  /// `invalid_handle`. Wakes the thread that receives, waits until no thread uses the channel any
  /// more, and reclaims it.
  Result close(cancel::Handle handle);

  // For the tests.
  int reclaimed() const { return reclaimed_.load(); }
  bool used_after_reclaim() const { return used_after_reclaim_.load(); }

 private:
  struct Channel {
    seam::Mutex mutex;
    seam::Condition changed;    // the receiver waits here
    seam::Condition last_left;  // the closer waits here
    int messages GUARDED_BY(mutex) = 0;
    bool closed GUARDED_BY(mutex) = false;
    int users GUARDED_BY(mutex) = 0;  // threads between enter() and leave()
    bool is_reclaimed GUARDED_BY(mutex) = false;
  };
  /// Returns the channel of this handle and counts the caller as a user; null if there is none.
  Channel* enter(cancel::Handle handle);
  void leave(Channel& channel);
  /// Frees the channel. (It keeps the memory, so that the tests can see a use that comes later.)
  void reclaim(Channel& channel);

  seam::Mutex mutex_;  // acquired before that of a channel
  std::map<cancel::Handle, Channel*> channels_ GUARDED_BY(mutex_);  // those that are open
  std::int64_t last_ GUARDED_BY(mutex_) = 0;
  std::vector<std::unique_ptr<Channel>> all_ GUARDED_BY(mutex_);
  seam::Atomic<int> reclaimed_{0};
  seam::Atomic<bool> used_after_reclaim_{false};
};
