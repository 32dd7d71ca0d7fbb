#pragma once

/// The shipped bank over the ledger in memory, in an explored run: every thread of it, the boss
/// included, is a thread of the run.

#include <memory>
#include <string>
#include <vector>

#include "server/bank/transaction.hpp"
#include "tests/bank/inbox.hpp"
#include "tests/cancel/explored.hpp"
#include "tests/db/memory/memory_ledger.hpp"
#include "tests/scheduler/explore.hpp"

namespace explored {

inline constexpr ledger::Cents opening = 100;

/// By how much a search makes fewer runs. With ThreadSanitizer a run takes a hundred times as long;
/// other tests look for data races. With AddressSanitizer it takes five times as long, and a share
/// of the orders passes through all of the code.
#if defined(__SANITIZE_THREAD__)
inline constexpr std::size_t share = 20;
#elif defined(__SANITIZE_ADDRESS__)
inline constexpr std::size_t share = 5;
#else
inline constexpr std::size_t share = 1;
#endif

/// A command, its transaction once it is admitted, and its reply.
struct Customer {
  std::string command;
  std::shared_ptr<bank::Transaction> txn;
  std::shared_ptr<rig::Inbox> inbox = std::make_shared<rig::Inbox>();
  seam::Mutex mutex;
  seam::Condition admitted;
  bool ready GUARDED_BY(mutex) = false;

  /// The first word of the reply: -FUNDS, 40.
  std::string code() const;
  std::string reply() const { return inbox->reply().value_or("no reply"); }
};

/// The verdict that a canceller received.
struct ReceivedVerdict {
  cancel::Verdict verdict = cancel::Verdict::invalid;
  int times = 0;
  void receive(cancel::Verdict given) {
    verdict = given;
    ++times;
  }
};

/// A bank of two accounts with 100 each, a boss, and a worker for each request.
class Bank {
 public:
  /// An observer sees points and cleanup entries, too.
  Bank(explore::Run& run, cancel::Mechanism mechanism, int requests,
       cancel::Observer* observer = nullptr);

  bank::Bank& bank() { return bank_; }
  ledger::Ledger& ledger() { return *ledger_; }
  ledger::MemoryDisk& disk() { return *disk_; }
  /// Admits a command before the run begins.
  std::shared_ptr<Customer> ask(const std::string& command);
  /// Lets the boss admit a command during the run.
  std::shared_ptr<Customer> ask_during_run(const std::string& command);
  /// Commits a withdrawal (`to` is the vault) or a transfer of 60 from account 1 before the run
  /// begins.
  void commit_before_run(ledger::Kind kind, ledger::AccountId to, const std::string& key);

  /// Checks the sentences that hold at the end of every run.
  void check();

 private:
  ledger::Ledger& furnished();
  void admit(Customer& customer);
  std::shared_ptr<Customer> add(const std::string& command);
  ledger::Cents check_reply(const Customer& customer);

  explore::Run& run_;
  std::shared_ptr<ledger::MemoryDisk> disk_ = std::make_shared<ledger::MemoryDisk>();
  std::unique_ptr<ledger::Ledger> ledger_;
  Owner boss_;
  std::vector<std::string> faults_;
  bank::Bank bank_;
  ledger::Cents total_ = 2 * opening;  // in the accounts when the run begins
  std::vector<std::shared_ptr<Customer>> customers_;
  std::vector<std::shared_ptr<Customer>> admitted_during_run_;
};

}  // namespace explored
