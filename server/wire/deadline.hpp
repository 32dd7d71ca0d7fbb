#pragma once

/// The deadline of the request that a connection has in flight. The event loop's thread.
///
/// One timer serves all requests of a connection: it is set again only when it fires, or when a
/// request has less time than is left on the timer. So most requests cost no timer at all.

#include <chrono>
#include <memory>

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>

#include "server/bank/transaction.hpp"
#include "server/seam/seam.hpp"

namespace wire {

class Deadline : public std::enable_shared_from_this<Deadline> {
 public:
  explicit Deadline(const asio::any_io_executor& loop) : timer_(loop) {}

  /// Cancels the transaction, with the reason `deadline`, unless it ends within that time. Zero: no
  /// limit. Replaces the deadline of the request before.
  void set(const std::shared_ptr<bank::Transaction>& transaction, std::chrono::milliseconds time);
  /// Stops the timer for good.
  void stop();

 private:
  static constexpr seam::Time none = seam::Time::max();

  void arm(seam::Time when);
  void fired();

  asio::steady_timer timer_;
  std::weak_ptr<bank::Transaction> transaction_;
  seam::Time deadline_ = none;
  seam::Time fires_at_ = none;  // none: the timer is not armed
};

}  // namespace wire
