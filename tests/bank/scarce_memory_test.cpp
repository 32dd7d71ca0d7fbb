/// Memory runs out at the Nth allocation of a transaction, for every N until none fails: it is
/// answered once, what it is told is what the ledger says, and nothing of it is left.

#include "tests/bank/scarce_memory.hpp"

#include <doctest/doctest.h>

#include "server/process_request.hpp"
#include "tests/bank/rig.hpp"

using ledger::CommitFailure;
using rig::Rig;

namespace {

/// How much memory the transactions get that are processed next.
seam::Atomic<int> more{0};
seam::Atomic<int> failing{0};

void process_with_little_memory(bank::Transaction& txn) {
  scarce::memory_for(more.load(), failing.load());
  server::process_request(txn);
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
  auto around = rig.around();
  around.process = &process_with_little_memory;
  auto txn = bank::Transaction::admit(rig.bank(), {"WITHDRAW", "1", "5", "KEY", "k"},
                                      {sink, rig::teller(), 7}, around);
  CHECK(rig.workers().admit(txn) == cancel::WorkerPool::Admission::admitted);
  rig.attend_until_gone(*txn);
  CHECK((!commit_fails || txn->stage() != cancel::Stage::committed));
  if (txn->stage() == cancel::Stage::unknown) CHECK(rig::code(sink->told) == "-UNKNOWN");
  txn.reset();
  judge(rig, *sink, 100, 95);
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
