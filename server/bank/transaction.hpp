#pragma once

/// A transaction: a request of the bank, from its admission to its end.
///
/// It owns its request buffer (the command as it came) and knows whom to answer. Its body is a
/// function that reads straight down (deposit.cpp); what is here is what every body rests on.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/bank/arguments.hpp"
#include "server/bank/bank.hpp"
#include "server/bank/reply.hpp"
#include "server/bank/session.hpp"
#include "server/cancel/request.hpp"

namespace bank {

/// Whoever waits for the answer: a connection, or a test.
class ReplySink {
 public:
  virtual ~ReplySink() = default;
  /// Takes the reply over; never waits for the client. False if nobody is there any more. Any
  /// thread, once for each transaction.
  virtual bool deliver(const Reply& reply) noexcept = 0;
};

/// The command as it came in. Counted, so that INFO can show that none is left behind.
class RequestBuffer {
 public:
  RequestBuffer(std::vector<std::string> words, Counters& counters)
      : words_(std::move(words)), counters_(counters) {
    counters_.live_buffers.add(1);
  }
  ~RequestBuffer() { counters_.live_buffers.add(-1); }
  RequestBuffer(const RequestBuffer&) = delete;
  RequestBuffer& operator=(const RequestBuffer&) = delete;
  const std::vector<std::string>& words() const { return words_; }

 private:
  const std::vector<std::string> words_;
  Counters& counters_;
};

class Transaction final : public cancel::Request {
 public:
  /// The textbook's process_request, which the server supplies.
  using Process = void (*)(Transaction&);
  /// Runs a job that may block, soon, on a thread that no request can occupy.
  using RunOnReserve = std::function<void(std::function<void()>)>;

  struct Origin {
    std::shared_ptr<ReplySink> customer;
    std::shared_ptr<Session> session;
    std::int64_t client = 0;  // the connection's id
  };
  struct Services {
    cancel::ThreadOwner* owner = nullptr;
    Process process = nullptr;
    RunOnReserve elsewhere;
  };

  /// Makes a transaction of a command, gives it a handle, claims its key, and enters it in the
  /// table. If its key is another's, it will refuse itself with INPROGRESS. The boss's thread.
  static std::shared_ptr<Transaction> admit(Bank& bank, std::vector<std::string> command,
                                            Origin origin, const Services& services);
  /// Use admit().
  Transaction(Bank& bank, std::vector<std::string> command, Origin origin,
              const Services& services);
  ~Transaction() override;

  Bank& bank() const { return bank_; }
  cancel::Handle handle() const { return handle_; }
  const Arguments& arguments() const { return asked_; }
  Session& session() const { return *origin_.session; }
  std::int64_t client() const { return origin_.client; }
  /// Who sent it, as it was at admission.
  const std::string& user() const { return user_; }
  bool touches(ledger::AccountId account) const;
  /// A reverse learns only on its way whom it touches besides. Called before it reads that account,
  /// so that a freeze either sees it in flight or is seen by it.
  void also_touch(ledger::AccountId account) { also_touched_.store(account); }

  /// Takes it back, before any thread has had it: for a server that is too busy. The caller answers
  /// in its place. False if a cancel came first: then it ends as a cancelled one, which answers.
  /// The boss's thread.
  [[nodiscard]] bool undo_admission();

  /// Step 12: releases the key and hands the reply over. A committed transaction nobody could be
  /// told of is counted. The transaction's own thread; once.
  void reply(const Reply& answer) noexcept;
  /// Step 13.
  void free_buffer() noexcept { buffer_.reset(); }

 protected:
  void perform() override { services_.process(*this); }
  cancel::Verdict make_durable(const cancel::CancelOrder& order) noexcept override;
  void reply_cancelled(const cancel::CancelOrder& order, cancel::Verdict winners) noexcept override;
  void remove_handle() noexcept override;
  bool must_hold(cancel::PointIndex point) const override;
  void schedule_end() override;
  bool needs_own_thread() const override { return is_scan(asked_.operation); }

 private:
  void release_key() noexcept;
  /// Whether a cancel for good has a tombstone to write: for its own key, or for one that another
  /// transaction has claimed. In that case the store decides between the two.
  bool buries_key() const { return has_key_ || key_is_anothers_; }
  Reply cancelled_reply(const cancel::CancelOrder& order, cancel::Verdict winners) const;

  Bank& bank_;
  const cancel::Handle handle_;
  std::unique_ptr<RequestBuffer> buffer_;
  Origin origin_;
  const std::string user_;
  const Services services_;
  Arguments asked_;
  seam::Atomic<ledger::AccountId> also_touched_{ledger::vault};
  bool has_key_ = false;  // claimed, and not yet released
  bool key_is_anothers_ = false;
  bool withdrawn_ = false;
  std::optional<ledger::KeyRecord> blocking_row_;  // the row that stood in the way of a tombstone
};

/// Orders a cancel. Final (a tombstone is due) for those of people: operator and customer.
cancel::CancelOrder order_of(Reason reason, std::string text = {});
inline Reason reason_of(const cancel::CancelOrder& order) {
  return static_cast<Reason>(order.reason);
}

/// The reply a key's row gives to whoever comes with that key: the first reply, DUPKEY, CANCELLED.
Reply answer_from(const ledger::KeyRecord& row, const ledger::Claim& asked);

}  // namespace bank
