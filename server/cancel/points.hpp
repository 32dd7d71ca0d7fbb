#pragma once

/// Cancellation points. The application names its own, in one table, and supplies it at start.
///
/// Passing one does to the current request what pthread_testcancel() does to the current thread.

#include <cstdint>
#include <span>
#include <string_view>

namespace cancel {

using PointIndex = std::uint8_t;

struct PointInfo {
  std::string_view name;  // as people type it
  bool cancellable;       // whether a cancel is honoured here
};

/// The application's table. Set once, before the first request; kept by reference.
void set_points(std::span<const PointInfo> table);
std::span<const PointInfo> points();

/// The current request passes this point: a cancellation point if the table says so, and a place to
/// be held. Where nothing is asked of the request it costs a thread-local load and a relaxed read.
/// Outside of a request it does nothing. Does not return if the request has been cancelled: throws
/// Cancelled, or ends the thread, as the mechanism has it. Call with no seam::Mutex held.
void pass(PointIndex index);

}  // namespace cancel
