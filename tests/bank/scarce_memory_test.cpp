/// Memory runs out at the Nth allocation of a transaction, for every N until none fails: it is
/// answered once, what it is told is what the ledger says, and nothing of it is left. Nor is it
/// when it is cancelled.

#include "tests/bank/scarce_memory.hpp"

#include <doctest/doctest.h>

#include "server/bank/process_request.hpp"
#include "tests/bank/rig.hpp"

using ledger::CommitFailure;
using rig::Rig;

namespace {

/// How much memory the transactions get that are processed next.
seam::Atomic<int> more{0};
seam::Atomic<int> failing{0};

void process_with_little_memory(bank::Transaction& txn) {
  scarce::memory_for(more.load(), failing.load());
  bank::process_request(txn);
}

/// Has all the memory it needs; what it reads is the transaction's.
class Sink final : public bank::ReplySink {
 public:
  bool deliver(const bank::Reply& reply) noexcept override {
    ran_out = scarce::enough();
    told = rig::text(reply);
    ++times;
    return true;
  }
  // Read when the transaction is gone.
  bool ran_out = false;
  int times = 0;
  std::string told;
};

std::shared_ptr<bank::Transaction> start_with_little_memory(Rig& rig,
                                                            const std::shared_ptr<Sink>& sink) {
  auto around = rig.around();
  around.process = &process_with_little_memory;
  auto txn = bank::Transaction::admit(rig.bank(), {"WITHDRAW", "1", "5", "KEY", "k"},
                                      {sink, rig::teller(), 7}, around);
  CHECK(rig.workers().admit(txn) == cancel::WorkerPool::Admission::admitted);
  return txn;
}

void judge(Rig& rig, const Sink& sink, std::int64_t before, std::int64_t after) {
  CAPTURE(sink.told);
  CHECK(sink.times == 1);
  CHECK(rig.quiet());
  rig.restart();
  const std::string outcome = rig.outcome(1, "k");
  const bool is_done = outcome == "committed";
  CHECK((is_done || outcome == "none"));
  CHECK(rig.balance(1) == (is_done ? after : before));
  if (sink.told.starts_with("-STORE")) {
    CHECK_FALSE(is_done);
  } else if (!sink.told.starts_with("-UNKNOWN")) {
    CHECK(sink.told == std::to_string(after));
    CHECK(is_done);
  }
  CHECK(rig.violations() == 0);
}

/// False once nothing has failed.
bool withdraw_with_little_memory(const rig::Options& options, bool commit_fails) {
  Rig rig(options);
  rig.open_account(100);
  if (commit_fails) rig.shelf().disk().fail_commit(CommitFailure::unknown_done);
  const auto sink = std::make_shared<Sink>();
  auto txn = start_with_little_memory(rig, sink);
  rig.attend_until_gone(*txn);
  CHECK((!commit_fails || txn->stage() != cancel::Stage::committed));
  if (txn->stage() == cancel::Stage::unknown) CHECK(rig::code(sink->told) == "-UNKNOWN");
  txn.reset();
  judge(rig, *sink, 100, 95);
  return sink->ran_out;
}

/// False once nothing has failed.
bool cancel_with_little_memory(const rig::Options& options, rig::Reason reason) {
  Rig rig(options);
  rig.open_account(100);
  rig.hold(rig::Point::modified);
  const auto sink = std::make_shared<Sink>();
  rig::Asked asked;
  asked.txn = start_with_little_memory(rig, sink);
  // It may run out before it gets there.
  rig.attend_until([&] { return asked.txn->view().held || rig.bank().transactions.size() == 0; });
  const std::string why(100, 'x');
  const auto verdict = rig.wait_for(rig.start_cancel(asked, reason, why));
  rig.attend_until_quiet();
  CAPTURE(sink->told);
  const std::string told = rig::code(sink->told);
  CHECK(sink->times == 1);
  if (verdict == rig::Verdict::too_late) {
    CHECK(told == "-STORE");
  } else if (verdict == rig::Verdict::unknown) {
    CHECK(told == "-UNKNOWN");
  } else {
    CHECK(verdict == rig::Verdict::cancelled);
    CHECK(told == (reason == rig::Reason::deadline ? "-DEADLINE" : "-CANCELLED"));
  }
  asked.txn.reset();
  rig.restart();
  const bool is_final = verdict == rig::Verdict::cancelled && reason != rig::Reason::deadline;
  CHECK(rig.outcome(1, "k") == (is_final ? "cancelled" : "none"));
  CHECK(rig.balance(1) == 100);
  CHECK(rig.violations() == 0);
  return sink->ran_out;
}

}  // namespace

TEST_CASE("a transaction that runs out of memory is told the truth and leaves nothing") {
  const rig::Options options = rig::each_mechanism();
  for (const bool commit_fails : {false, true}) {
    for (const int so_many : {1, 2, 1000}) {
      failing.store(so_many);
      more.store(0);
      while (withdraw_with_little_memory(options, commit_fails)) more.fetch_add(1);
      CHECK(more.load() > 3);
    }
  }
}

TEST_CASE("a transaction that is cancelled and runs out of memory is told the truth, too") {
  const rig::Options options = rig::each_mechanism();
  for (const auto reason : {rig::Reason::operator_, rig::Reason::deadline}) {
    for (const int so_many : {1, 2, 1000}) {
      failing.store(so_many);
      more.store(0);
      while (cancel_with_little_memory(options, reason)) more.fetch_add(1);
      CHECK(more.load() > 3);
    }
  }
}
