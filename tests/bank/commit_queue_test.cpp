/// Group commit: changes that arrive during a commit share the next one; a failed change is refused
/// alone.

#include "server/bank/commit_queue.hpp"

#include <thread>

#include <doctest/doctest.h>

#include "tests/bank/rig.hpp"
#include "tests/printed.hpp"

using rig::Asked;
using rig::Point;
using rig::Rig;

namespace {

/// Requests that wait behind a leader, which waits at the gate.
class Batch {
 public:
  explicit Batch(Rig& rig) : rig_(rig) {
    rig_.gate().shut();
    leader_ = rig_.start(rig::teller(), "CREATE 1234");
    rig_.attend_until([this] { return rig_.gate().waited_at(); });
    begun_ = rig_.gate().begun();
  }
  void add(const std::string& command) {
    members_.push_back(rig_.start(rig::teller(), command));
    rig_.attend_until_committing(members_.size() + 1);
  }
  std::vector<std::string> replies() {
    rig_.gate().open();
    leader_reply_ = rig_.finish(leader_);
    std::vector<std::string> all;
    for (const Asked& member : members_) all.push_back(rig_.finish(member));
    return all;
  }
  /// The number of units begun for the members.
  int units() const { return rig_.gate().begun() - begun_ - 1; }
  const std::string& leader_reply() const { return leader_reply_; }

 private:
  Rig& rig_;
  Asked leader_;
  std::vector<Asked> members_;
  int begun_ = 0;
  std::string leader_reply_;
};

void open_accounts(Rig& rig, int count) {
  for (int i = 0; i < count; ++i) rig.open_account(100);
}

using Replies = std::vector<std::string>;

}  // namespace

TEST_CASE("members that wait together share one commit") {
  Rig rig(rig::each_store_and_mechanism());
  open_accounts(rig, 4);
  Batch batch(rig);
  for (int i = 1; i <= 4; ++i) batch.add("DEPOSIT " + std::to_string(i) + " 5");
  const std::int64_t batches = rig.bank().commits.batches();
  const std::int64_t commits = rig.bank().commits.commits();
  CHECK(batch.replies() == Replies(4, "105"));
  CHECK(batch.units() == 1);
  CHECK(rig.bank().commits.batches() == batches + 2);
  CHECK(rig.bank().commits.commits() == commits + 5);
  CHECK(rig.violations() == 0);
}

TEST_CASE("no reply is sent before the commit") {
  Rig rig(rig::each_mechanism());
  open_accounts(rig, 1);
  rig.gate().shut();
  const Asked asked = rig.start(rig::teller(), "DEPOSIT 1 5 KEY k");
  rig.attend_until([&] { return rig.gate().waited_at(); });
  CHECK_FALSE(asked.reply());
  CHECK(rig.outcome(1, "k") == "running");
  CHECK(rig.balance(1) == 100);
  // A balance waits for the account: the new one may never be durable.
  const Asked reader = rig.start(rig::teller(), "BALANCE 1");
  rig.attend_until_waiting(reader, "lock");
  rig.gate().open();
  CHECK(rig.finish(asked) == "105");
  CHECK(rig.finish(reader) == "105");
}

TEST_CASE("a member whose change fails is refused alone") {
  Rig rig(rig::each_mechanism());
  open_accounts(rig, 3);
  Batch batch(rig);
  for (int i = 1; i <= 3; ++i) batch.add("DEPOSIT " + std::to_string(i) + " 5");
  rig.shelf().disk().fail_store(ledger::StoreFailure::unit_lives, 2);  // well: leader, first
  const Replies replies = batch.replies();
  CHECK(replies[0] == "105");
  CHECK(rig::code(replies[1]) == "-STORE");
  CHECK(replies[2] == "105");
  CHECK(batch.units() == 1);
  CHECK(rig.balance(2) == 100);
  CHECK(rig.ask("DEPOSIT 2 5") == "105");
  CHECK(rig.violations() == 0);
}

TEST_CASE("if the store loses the whole unit, each member runs again in a unit of its own") {
  Rig rig(rig::each_mechanism());
  open_accounts(rig, 3);
  Batch batch(rig);
  for (int i = 1; i <= 3; ++i) batch.add("DEPOSIT " + std::to_string(i) + " 5 KEY k");
  rig.shelf().disk().fail_store(ledger::StoreFailure::unit_lost, 2);
  // The disk failed once, so each member succeeds alone.
  CHECK(batch.replies() == Replies(3, "105"));
  CHECK(batch.units() == 4);
  CHECK(rig.violations() == 0);
}

TEST_CASE("if the commit of a batch is refused, each member is committed alone") {
  Rig rig(rig::each_mechanism());
  open_accounts(rig, 2);
  Batch batch(rig);
  for (int i = 1; i <= 2; ++i) batch.add("DEPOSIT " + std::to_string(i) + " 5");
  rig.shelf().disk().fail_commit(ledger::CommitFailure::refused, 1);
  CHECK(batch.replies() == Replies(2, "105"));
  CHECK(batch.units() == 3);
}

TEST_CASE("a single member gets STORE if its unit cannot begin, is lost, or is refused") {
  Rig rig(rig::each_mechanism());
  open_accounts(rig, 1);
  rig.shelf().disk().fail_store(ledger::StoreFailure::unit_lost);
  CHECK(rig::code(rig.ask("DEPOSIT 1 5 KEY k")) == "-STORE");
  rig.shelf().disk().fail_begin();
  CHECK(rig::code(rig.ask("DEPOSIT 1 5 KEY k")) == "-STORE");
  rig.shelf().disk().fail_commit(ledger::CommitFailure::refused);
  CHECK(rig::code(rig.ask("DEPOSIT 1 5 KEY k")) == "-STORE");
  CHECK(rig.outcome(1, "k") == "none");
  CHECK(rig.ask("DEPOSIT 1 5 KEY k") == "105");
  CHECK(rig.unknowns() == 0);
  CHECK(rig.quiet());
}

TEST_CASE("of a tombstone and a withdrawal with its key in one batch, the first is stored") {
  Rig rig(rig::each_store_and_mechanism());
  open_accounts(rig, 1);
  const Asked asked = rig.start_held(rig::teller(), "WITHDRAW 1 5 KEY k", Point::committing);
  // Without the claim, CANCEL finds no request: the row of the key decides.
  rig.bank().claims.release(1, "k");
  CHECK(rig.wait_for(rig.start_cancel_key(1, "k")) == rig::Verdict::cancelled);
  asked.txn->resume();
  CHECK(rig.finish(asked) == "-CANCELLED key k was cancelled");
  CHECK(rig.balance(1) == 100);
}

TEST_CASE("members beyond the largest batch are committed with the next") {
  rig::Shelf shelf(rig::Store::memory);
  rig::GatedLedger gate(shelf.ledger());
  bank::CommitQueue queue(gate, [] {});
  constexpr int members = 300;
  gate.shut();
  seam::Atomic<int> stored{0};
  std::vector<std::unique_ptr<seam::Thread>> threads;
  const auto commit_one = [&](int number) {
    queue.commit([number](ledger::UnitOfWork& unit) { unit.store_tombstone(number, "k", 1); });
    stored.fetch_add(1);
  };
  for (int i = 0; i < members; ++i) {
    threads.push_back(std::make_unique<seam::Thread>());
    REQUIRE(threads.back()->start([&, i] { commit_one(i); }));
  }
  while (queue.waiting() < members) std::this_thread::yield();
  gate.open();
  for (const auto& thread : threads) thread->join();
  CHECK(stored.load() == members);
  CHECK(queue.commits() == members);
  CHECK(queue.batches() == gate.begun());
  CHECK(queue.batches() >= 2);
}
