#pragma once

/// The order of a canceller, and the answer to it.

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace cancel {

/// The answer to a canceller. It is never revised.
enum class Verdict : std::uint8_t {
  cancelled,  // this call cancelled the request: it changed nothing and never will
  already,    // an earlier call did
  too_late,   // the request had passed the point of no return or had been answered
  invalid,    // no request of that handle is in flight
  unknown,    // the request was stopped, but its cancel could not be made durable
};
/// Returns the name as the protocol spells it: "CANCELLED".
constexpr std::string_view name(Verdict verdict) {
  constexpr std::array<std::string_view, 5> names{"CANCELLED", "ALREADY", "TOOLATE",
                                                  "INVALIDHANDLE", "UNKNOWN"};
  return names[static_cast<std::size_t>(verdict)];
}

struct CancelOrder {
  std::uint8_t reason = 0;  // the application's
  std::string text;         // for people
  bool durable = false;     // the cancel is made durable before anyone receives an answer
};

/// Receives the verdict of one cancel(), once.
///
/// *Thread*: if the verdict is already decided, the caller of cancel(), before cancel() returns.
/// Otherwise the thread that ends the request, after its cleanup; that may be before or after
/// cancel() has returned. No mutex of the request is held and cancellation is disabled.
/// *Throws*: nothing; an exception ends the process.
/// *May call back*: anything of this request or another, cancel() included. It must not wait for
/// the request to finish: it may be running on the thread that finishes it.
/// Its captures are destroyed on the thread that called it.
using VerdictCallback = std::function<void(Verdict)>;

/// Runs once a request has finished; the contract is that of VerdictCallback.
using Callback = std::function<void()>;

}  // namespace cancel
