#pragma once

/// Cancellation points. The application names its own, in one table, and sets it at the start.
///
/// Passing a point does to the current request what pthread_testcancel() does to the current
/// thread.

#include <cstdint>
#include <span>
#include <string_view>

namespace cancel {

using PointIndex = std::uint8_t;

/// True in a build that measures what cancellation costs: points do nothing, and cleanup entries
/// are not on the stack of their request, but run at the end of their scope.
#ifdef ATM_WITHOUT_CANCELLATION
constexpr bool without_cancellation = true;
#else
constexpr bool without_cancellation = false;
#endif

struct PointInfo {
  std::string_view name;  // as people type it
  bool cancellable;       // whether a cancel is honoured here
};

/// Sets the application's table, once, before the first request. Keeps a reference to it.
void set_points(std::span<const PointInfo> table);
std::span<const PointInfo> points();

/// Passes a point of the current request: a cancellation point if the table says so, and a place to
/// be held. Unwinds the request if it has been cancelled: throws Cancelled, or ends the thread, as
/// the mechanism requires. Without a cancel or a hold it costs a thread-local load and a relaxed
/// read; outside a request it does nothing. The caller holds no seam::Mutex.
void pass(PointIndex index);

}  // namespace cancel
