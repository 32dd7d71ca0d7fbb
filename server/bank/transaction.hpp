#pragma once

/// A transaction: a request of the bank, from its admission to its end.
///
/// It owns its request buffer and knows where its reply goes. Its body is a function that reads
/// straight down (deposit.cpp).

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/bank/arguments.hpp"
#include "server/bank/bank.hpp"
#include "server/bank/reply.hpp"
#include "server/bank/session.hpp"
#include "server/cancel/request.hpp"

namespace bank {

/// Receives the reply of a transaction: a connection, or a test.
class ReplySink {
 public:
  virtual ~ReplySink() = default;
  /// Takes the reply and returns at once. Returns false if the client is gone. Any thread, once for
  /// each transaction.
  virtual bool deliver(const Reply& reply) noexcept = 0;
};

/// The words of the command, wiped at the end since one may be a PIN. Counted, so that INFO can
/// show that no buffer is left behind.
class RequestBuffer {
 public:
  RequestBuffer(std::vector<std::string> words, Counters& counters)
      : words_(std::move(words)), counted_(counters.live_buffers) {}
  ~RequestBuffer() {
    for (std::string& word : words_) wipe(word);
  }
  const std::vector<std::string>& words() const { return words_; }

 private:
  std::vector<std::string> words_;
  const Counted counted_;
};

class Transaction final : public cancel::Request {
 public:
  /// Runs a job soon, on a thread that no request can occupy; the job may block. Any thread.
  using Executor = std::function<void(std::function<void()>)>;

  struct Origin {
    std::shared_ptr<ReplySink> customer;
    std::shared_ptr<Session> session;
    std::int64_t client = 0;  // the connection's id
  };
  /// The boss's pool, and the reserve's threads. Both outlive every transaction.
  struct Threads {
    cancel::ThreadOwner* owner = nullptr;
    Executor reserve;
  };

  /// Makes a transaction of a command, gives it a handle, claims its key, and enters it in the
  /// table. If another transaction has claimed the key, a worker will refuse this one with
  /// INPROGRESS. The boss's thread.
  static std::shared_ptr<Transaction> admit(Bank& bank, std::vector<std::string> command,
                                            Origin origin, const Threads& threads);
  /// Call admit() instead; only std::make_shared needs this to be public.
  Transaction(Bank& bank, std::vector<std::string> command, Origin origin, const Threads& threads);
  ~Transaction() override;

  Bank& bank() const { return bank_; }
  cancel::Handle handle() const { return handle_; }
  const Arguments& arguments() const { return arguments_; }
  Session& session() const { return *origin_.session; }
  std::int64_t client() const { return origin_.client; }
  /// The user at the time of admission, for TXN LIST.
  const std::string& user() const { return user_; }
  /// Whether the transaction may read or change the account. Any thread.
  bool touches(ledger::AccountId account) const;
  /// Adds an account that the arguments do not name: a reverse learns its second one from the
  /// ledger. Call it before reading that account. A freeze stores its mark before it looks for
  /// transactions, so it finds this one or this one reads the mark.
  void also_touch(ledger::AccountId account) { also_touched_.store(account); }
  /// Notes the account that is locked next and returns the one before, or -1, so that AccountLock
  /// can require ascending order: two transactions cannot deadlock then.
  ledger::AccountId exchange_last_locked(ledger::AccountId account) {
    return std::exchange(last_locked_, account);
  }

  /// Undoes an admission that the worker pool refused: cancels the transaction without a reply.
  /// Returns the refusal, which the caller sends instead; nothing if another cancel came first:
  /// then the transaction replies. The boss's thread, before the transaction is given to a worker.
  [[nodiscard]] std::optional<Reply> undo_admission();

  // ── The transaction's own thread ────────────────────────────────────────────────────────────

  /// Returns the batches that its reply rests on so far.
  RestsOn& rests_on() { return rests_on_; }
  /// Notes that its change is in the commit order, and has it committed if no thread leads: after
  /// this thread's part or, where requests can be held, at once by another thread.
  void ordered(const CommitOrder::Place& place);
  /// Has `call` called once its change is durable, before the reply is sent. Once.
  void when_durable(std::function<void()> call) { when_durable_ = std::move(call); }
  /// Pushes the cleanup entry that frees the buffer; runs it.
  void push_buffer();
  void pop_buffer() noexcept { buffer_entry_.reset(); }
  /// Ends the transaction with the reply once everything that it rests on is durable: at once, or
  /// on the thread that commits. A reply that rests on a lost change becomes STORE or UNKNOWN.
  /// Once; the caller does nothing more with the transaction.
  void seal(Reply reply);

 protected:
  void perform() override;
  void after_part() noexcept override;
  void unpark() noexcept override { go_on(); }
  cancel::Verdict make_durable(const cancel::CancelOrder& order) noexcept override;
  void reply_cancelled(const cancel::CancelOrder& order, cancel::Verdict verdict) noexcept override;
  void remove_handle() noexcept override;
  bool must_hold(cancel::PointIndex point) const override;
  void schedule_end() override;
  bool needs_own_thread() const override { return is_scan(arguments_.operation); }

 private:
  /// The last steps, each named for what has been done.
  enum class Progress : std::uint8_t { performing, sealed, decided, replied };

  /// Does the steps that are left, up to one at which the transaction is parked. One thread at a
  /// time.
  void go_on() noexcept;
  /// Records what has become of its change, or replaces a reply that rests on a lost one.
  void settle();
  void count_commit();
  /// Step 12: releases the key and hands over the reply. Counts a lost acknowledgement if the
  /// client of a committed transaction is gone. Once.
  void reply(const Reply& reply) noexcept;
  /// Step 13.
  void free_buffer() noexcept { buffer_.reset(); }
  void release_key() noexcept;
  /// Whether a cancel by a person must write a tombstone: if there is a key, even one that another
  /// transaction has claimed. Then the key's row decides between tombstone and that transaction.
  bool needs_tombstone() const { return has_claim_ || claim_refused_; }
  Reply cancelled_reply(const cancel::CancelOrder& order, cancel::Verdict verdict) const;

  Bank& bank_;
  const cancel::Handle handle_;
  std::unique_ptr<RequestBuffer> buffer_;
  Origin origin_;
  const std::string user_;
  const Threads threads_;
  Arguments arguments_;
  seam::Atomic<ledger::AccountId> also_touched_{ledger::vault};  // the vault: none
  ledger::AccountId last_locked_ = -1;  // -1: none yet. The transaction's own thread
  bool replied_ = false;
  bool has_claim_ = false;  // until the key is released
  bool claim_refused_ = false;
  bool admission_undone_ = false;
  std::optional<ledger::KeyRecord> row_;  // the row that prevented the tombstone

  RestsOn rests_on_;
  BatchRef own_;            // the batch of its change, if it has ordered one
  bool must_lead_ = false;  // until it is sealed
  BatchRef to_write_;       // after its part, if it leads
  std::function<void()> when_durable_;
  std::optional<cancel::Cleanup> buffer_entry_;
  Reply reply_;  // once sealed
  Progress progress_ = Progress::performing;
};

/// Bytes of a reason. A longer one is cut.
inline constexpr std::size_t longest_reason = 200;

/// Makes a cancel order. One by a person (operator, customer) is durable: it writes a tombstone.
cancel::CancelOrder order_of(Reason reason, const std::string& text = {});
inline Reason reason_of(const cancel::CancelOrder& order) {
  return static_cast<Reason>(order.reason);
}

}  // namespace bank
