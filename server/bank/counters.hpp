#pragma once

/// The counters of INFO. Any thread.

#include <array>
#include <string_view>

#include "server/cancel/request.hpp"
#include "server/seam/seam.hpp"

namespace bank {

/// The reason of a cancel.
enum class Reason : std::uint8_t { operator_, customer, deadline, disconnect, freeze, shutdown };
inline constexpr std::array<std::string_view, 6> reason_names = {
    "operator", "customer", "deadline", "disconnect", "freeze", "shutdown"};
constexpr std::string_view name(Reason reason) {
  return reason_names[static_cast<std::size_t>(reason)];
}

/// Counts one thing in use, while it exists.
class Counted {
 public:
  explicit Counted(seam::Atomic<std::int64_t>& count) : count_(count) { count_.add(1); }
  ~Counted() { count_.add(-1); }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  seam::Atomic<std::int64_t>& count_;
};

struct Counters {
  seam::Atomic<std::int64_t> live_buffers{0};
  seam::Atomic<std::int64_t> lost_acks{0};      // committed, but the client was gone
  seam::Atomic<std::int64_t> money_commits{0};  // of those that store a transfer
  std::array<seam::Atomic<std::int64_t>, reason_names.size()> cancels;
  std::array<seam::Atomic<std::int64_t>, 5> verdicts;

  void count(Reason reason) { cancels[static_cast<std::size_t>(reason)].add(1); }
  void count(cancel::Verdict verdict, std::int64_t times = 1) {
    verdicts[static_cast<std::size_t>(verdict)].add(times);
  }
};

}  // namespace bank
