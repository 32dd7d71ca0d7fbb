#pragma once

/// A customer of a run: one request and the receiver of its reply.

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "server/bank/transaction.hpp"
#include "server/seam/seam.hpp"
#include "tests/bank/reply_text.hpp"
#include "tests/prove/invariants/evidence.hpp"

namespace interleavings {

/// Receives the reply of one request.
class Sink final : public bank::ReplySink {
 public:
  /// Sets a function that is called with each reply at the moment of its delivery.
  void on_reply(std::function<void(const std::string&)> look) { look_ = std::move(look); }
  bool deliver(const bank::Reply& reply) noexcept override {
    ++replies_;
    reply_ = rig::text(reply);
    if (look_) look_(reply_);
    return connected_.load();
  }
  void hang_up() { connected_.store(false); }
  int replies() const { return replies_; }
  const std::string& reply() const { return reply_; }

 private:
  seam::Atomic<bool> connected_{true};
  std::function<void(const std::string&)> look_;
  int replies_ = 0;
  std::string reply_;
};

struct Customer {
  std::string command;
  std::shared_ptr<bank::Transaction> txn;  // set by its admission, which is an event
  std::shared_ptr<Sink> sink = std::make_shared<Sink>();
};

/// Counts the workers that have not ended, by return or by unwinding.
class Working {
 public:
  explicit Working(std::size_t& workers) : workers_(workers) { ++workers_; }
  ~Working() { --workers_; }
  Working(const Working&) = delete;
  Working& operator=(const Working&) = delete;

 private:
  std::size_t& workers_;
};

/// Returns the request and its reply as evidence. To be called after the run.
inline invariants::Asked asked_by(const Customer& customer) {
  const bank::Arguments& arguments = customer.txn->arguments();
  invariants::Asked asked;
  asked.operation = arguments.operation;
  asked.account = arguments.account;
  asked.to = arguments.to;
  asked.amount = arguments.amount;
  asked.key = arguments.key;
  asked.replies = customer.sink->replies();
  if (asked.replies > 0) asked.reply = customer.sink->reply();
  return asked;
}

}  // namespace interleavings
