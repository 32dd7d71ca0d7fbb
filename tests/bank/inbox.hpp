#pragma once

/// Receives the reply of a transaction in a test.

#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "server/bank/transaction.hpp"

namespace rig {

/// Any thread. Its mutex is not one of the seam, so that an explored run takes no steps here.
class Inbox final : public bank::ReplySink {
 public:
  using OnReply = std::function<void(const std::string&)>;
  /// `on_reply` is called with each reply, on the thread that delivers it.
  explicit Inbox(OnReply on_reply = {}) : on_reply_(std::move(on_reply)) {}

  bool deliver(const bank::Reply& reply) noexcept override;
  /// From now on deliver() reports that the client is gone.
  void hang_up();
  /// The last reply in one line; nothing before the first.
  std::optional<std::string> reply() const;
  int replies() const;

 private:
  const OnReply on_reply_;
  mutable std::mutex mutex_;
  std::optional<std::string> reply_;
  int replies_ = 0;
  bool gone_ = false;
};

}  // namespace rig
