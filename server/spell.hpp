#pragma once

/// A run of the same event, such as refusals while the server is busy: the log has a line for its
/// beginning and one for its end, however many there are in between.

#include "server/bank/events.hpp"
#include "server/seam/seam.hpp"

namespace server {

/// Any thread.
class Spell {
 public:
  Spell(bank::Events& events, bank::Event begins, bank::Event ends)
      : events_(events), begins_(begins), ends_(ends) {}

  /// The event happens: recorded if it is the first of a spell, otherwise counted only.
  void happens(const std::vector<bank::Field>& fields) {
    const seam::Lock lock(mutex_);
    last_ = seam::now();
    if (times_++ > 0) return events_.add(begins_);
    since_ = last_;
    events_.record(begins_, fields);
  }
  /// Ends the spell if the event has not happened for a second. Call it a few times a second.
  void sweep(seam::Time now) {
    constexpr auto quiet = std::chrono::seconds(1);
    const seam::Lock lock(mutex_);
    if (times_ == 0 || now - last_ < quiet) return;
    const auto lasted = std::chrono::duration_cast<std::chrono::milliseconds>(last_ - since_);
    events_.record(ends_, {{"times", times_}, {"lasted_ms", lasted.count()}});
    times_ = 0;
  }

 private:
  bank::Events& events_;
  const bank::Event begins_;
  const bank::Event ends_;
  seam::Mutex mutex_;
  std::int64_t times_ GUARDED_BY(mutex_) = 0;
  seam::Time since_ GUARDED_BY(mutex_);
  seam::Time last_ GUARDED_BY(mutex_);
};

}  // namespace server
