/// The matrix: every operation, held at every point it passes, is cancelled there by its handle,
/// over both ledgers and under both mechanisms.

#include <algorithm>

#include <doctest/doctest.h>

#include "server/commands/txn.hpp"
#include "tests/bank/rig.hpp"

using bank::Operation;
using rig::Asked;
using rig::Point;
using rig::Rig;
using rig::Verdict;

namespace {

struct Row {
  Operation operation;
  std::string command;  // on account 1, and 2 where there are two; # is a fresh key
  bool keyed = false;
  std::string before{};  // a request to be committed first
};

const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
      {Operation::create, "CREATE 1234 BALANCE 5 KEY #", true},
      {Operation::deposit, "DEPOSIT 1 5 KEY #", true},
      {Operation::withdraw, "WITHDRAW 1 5 KEY #", true},
      {Operation::transfer, "TRANSFER 1 2 5 KEY #", true},
      {Operation::balance, "BALANCE 1"},
      {Operation::history, "HISTORY 1"},
      {Operation::reverse, "REVERSE 1 #", false, "TRANSFER 1 2 5 KEY #"},
      {Operation::passwd, "PASSWD 1 4321"},
      {Operation::audit, "AUDIT"},
      {Operation::backup, "BACKUP %"},
      {Operation::unknown, "FROB 1"},
  };
  return all;
}

bool passes(Operation operation, Point point) {
  return (bank::describe(point).passed_by & bank::set_of(operation)) != 0;
}

std::string replaced(std::string text, char mark, const std::string& with) {
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark)) {
    text.replace(at, 1, with);
  }
  return text;
}

/// One cell of the matrix.
class Cell {
 public:
  Cell(Rig& rig, const Row& row, Point point, int number)
      : rig_(rig),
        row_(row),
        point_(point),
        key_("key-" + std::to_string(number)),
        path_(rig.shelf().path("copy-" + std::to_string(number))) {}

  void run() {
    CAPTURE(name(row_.operation));
    CAPTURE(bank::describe(point_).name);
    if (!row_.before.empty()) rig_.ask(filled(row_.before));
    const ledger::Cents had = rig_.balance(1) + rig_.balance(2);
    const Asked asked = rig_.start_held(rig::operator_(), filled(row_.command), point_);
    if (row_.keyed && point_ != Point::replied) CHECK(outcome() != "none");
    if (bank::describe(point_).cancellable) {
      cancelled(asked);
      CHECK(rig_.balance(1) + rig_.balance(2) == had);
    } else {
      too_late(asked);
    }
    CHECK(asked.inbox->replies() == 1);
    CHECK(rig_.quiet());
    CHECK(rig_.bank().keys.find(0, key_) == nullptr);
    CHECK(rig_.bank().keys.find(1, key_) == nullptr);
    CHECK(rig_.wait_for(rig_.start_cancel_handle(asked.handle())) == Verdict::invalid);
  }

 private:
  std::string filled(const std::string& command) const {
    return replaced(replaced(command, '#', key_), '%', path_);
  }
  std::string outcome() { return rig_.outcome(row_.operation == Operation::create ? 0 : 1, key_); }

  void cancelled(const Asked& asked) {
    const ledger::Cents had = rig_.balance(1);
    const std::int64_t tombstones = rig_.bank().commits.commits();
    const auto told = rig_.start_cancel_handle(asked.handle(), "because");
    CHECK(rig_.wait_for(told) == Verdict::cancelled);
    CHECK(rig_.finish(asked) == "-CANCELLED txn " + asked.handle() + " by operator at " +
                                    std::string(bank::describe(point_).name) + ": because");
    CHECK(rig_.balance(1) == had);
    CHECK(rig_.bank().commits.commits() == tombstones + (row_.keyed ? 1 : 0));
    CHECK(rig_.bank().accounts.held() == 0);
    if (row_.keyed) {
      CHECK(outcome() == "cancelled");
      CHECK(rig_.ask(filled(row_.command)) == "-CANCELLED key " + key_ + " was cancelled");
    }
    // A copy in memory is not a file that could be removed.
    const bool stays = point_ == Point::answering && !rig_.shelf().on_disk();
    if (!stays) CHECK_FALSE(rig_.shelf().exists(path_));
    // Its locks are free: another request on the account succeeds.
    CHECK(rig_.ask("DEPOSIT 1 1") == std::to_string(had + 1));
    CHECK(rig_.ask("WITHDRAW 1 1") == std::to_string(had));
    CHECK(told->times.load() == 1);
  }

  void too_late(const Asked& asked) {
    CHECK(rig_.wait_for(rig_.start_cancel_handle(asked.handle())) == Verdict::too_late);
    CHECK(asked.txn->view().held);
    asked.txn->resume();
    const std::string reply = rig_.finish(asked);
    if (row_.operation == Operation::unknown) {
      CHECK(rig::code(reply) == "-ERR");
    } else {
      CHECK_FALSE(reply.starts_with("-"));
    }
    if (row_.keyed) {
      CHECK(outcome() == "committed");
      CHECK(rig_.ask(filled(row_.command)) == reply);
    }
  }

  Rig& rig_;
  const Row& row_;
  const Point point_;
  const std::string key_;
  const std::string path_;
};

}  // namespace

TEST_CASE(
    "every operation can be cancelled at every cancellable point it passes, and at no other") {
  Rig rig(rig::each_store_and_mechanism());
  rig.open_account(1000);
  rig.open_account(1000);
  int number = 0;
  for (const Row& row : rows()) {
    for (const auto& description : bank::point_descriptions) {
      if (passes(row.operation, description.point)) {
        Cell(rig, row, description.point, ++number).run();
      }
    }
  }
  CHECK(number == 107);
  CHECK(rig.violations() == 0);
}

TEST_CASE("every operation passes the points that the table gives it, in their order") {
  Rig rig(rig::each_mechanism());
  rig.open_account(1000);
  rig.open_account(1000);
  for (const Row& row : rows()) {
    CAPTURE(name(row.operation));
    const std::string key = "key-" + std::string(name(row.operation));
    const auto filled = [&](const std::string& command) {
      return replaced(replaced(command, '#', key), '%', rig.shelf().path(key));
    };
    if (!row.before.empty()) rig.ask(filled(row.before));
    const Asked asked = rig.start(rig::operator_(), filled(row.command));
    rig.finish(asked);
    std::vector<Point> passed;
    for (const cancel::PointIndex point : asked.txn->view().passed) {
      passed.push_back(static_cast<Point>(point));
    }
    // Two accounts are locked one after the other.
    const std::vector<Point> both = {Point::lock_wait, Point::locked, Point::lock_wait,
                                     Point::locked};
    const auto twice = std::search(passed.begin(), passed.end(), both.begin(), both.end());
    const bool two = row.operation == Operation::transfer || row.operation == Operation::reverse;
    CHECK((twice != passed.end()) == two);
    if (two && twice != passed.end()) passed.erase(twice, twice + 2);
    std::vector<Point> expected;
    for (const auto& description : bank::point_descriptions) {
      if (passes(row.operation, description.point)) expected.push_back(description.point);
    }
    CHECK(passed == expected);
  }
}

TEST_CASE("a refused request can still be cancelled at answering, with a tombstone") {
  Rig rig(rig::each_store_and_mechanism());
  rig.open_account(100);
  for (const char* command : {"WITHDRAW 1 101 KEY funds", "DEPOSIT 9 1 KEY account"}) {
    CAPTURE(command);
    const Asked asked = rig.start_held(rig::teller(), command, Point::answering);
    CHECK(rig.bank().accounts.held() == 0);
    CHECK(rig.wait_for(rig.start_cancel(asked, rig::Reason::operator_, "no")) ==
          Verdict::cancelled);
    CHECK(rig.finish(asked) ==
          "-CANCELLED txn " + asked.handle() + " by operator at answering: no");
    CHECK(rig::code(rig.ask(command)) == "-CANCELLED");
  }
  CHECK(rig.balance(1) == 100);
  CHECK(rig.quiet());
}

TEST_CASE("a cancel of a repeat gets the verdict, and the repeat the reply, of the row") {
  Rig rig(rig::each_store_and_mechanism());
  rig.open_account(100);
  CHECK(rig.ask("WITHDRAW 1 5 KEY k") == "95");
  for (const Point point : {Point::queued, Point::started, Point::answering}) {
    CAPTURE(bank::describe(point).name);
    const Asked asked = rig.start_held(rig::teller(), "WITHDRAW 1 5 KEY k", point);
    CHECK(rig.wait_for(rig.start_cancel(asked)) == Verdict::too_late);
    CHECK(rig.finish(asked) == "95");
  }
  CHECK(rig.outcome(1, "k") == "committed");
  CHECK(rig.balance(1) == 95);
  CHECK(rig.wait_for(rig.start_cancel_key(1, "dead")) == Verdict::cancelled);
  const Asked dead = rig.start_held(rig::teller(), "WITHDRAW 1 5 KEY dead", Point::answering);
  CHECK(rig.wait_for(rig.start_cancel(dead)) == Verdict::already);
  CHECK(rig.finish(dead) == "-CANCELLED key dead was cancelled");
}

TEST_CASE("a deadline, a lost connection, a freeze and a shutdown leave no trace of the key") {
  Rig rig(rig::each_store_and_mechanism());
  rig.open_account(100);
  for (const rig::Reason reason : {rig::Reason::deadline, rig::Reason::disconnect,
                                   rig::Reason::freeze, rig::Reason::shutdown}) {
    CAPTURE(bank::name(reason));
    const Asked asked = rig.start_held(rig::teller(), "WITHDRAW 1 100 KEY k", Point::modified);
    CHECK(rig.wait_for(rig.start_cancel(asked, reason)) == Verdict::cancelled);
    const std::string expected = reason == rig::Reason::deadline
                                     ? "-DEADLINE txn " + asked.handle() +
                                           " ran out of time at modified; nothing was changed"
                                     : "-CANCELLED txn " + asked.handle() + " by " +
                                           std::string(bank::name(reason)) + " at modified";
    CHECK(rig.finish(asked) == expected);
    CHECK(rig.outcome(1, "k") == "none");
    CHECK(rig.bank().counters.cancels[static_cast<std::size_t>(reason)].load() == 1);
  }
  CHECK(rig.ask("WITHDRAW 1 100 KEY k") == "0");
}

TEST_CASE("the text of a cancel is sent as one line of at most 200 bytes") {
  Rig rig;
  rig.open_account(100);
  const Asked asked = rig.start_held(rig::teller(), "BALANCE 1", Point::locked);
  rig.wait_for(rig.start_cancel(asked, rig::Reason::operator_, "a\r\nb" + std::string(300, 'x')));
  CHECK(rig.finish(asked) == "-CANCELLED txn " + asked.handle() + " by operator at locked: a  b" +
                                 std::string(196, 'x'));
  const Asked other = rig.start_held(rig::teller(), "BALANCE 1", Point::locked);
  const std::string most(199, 'x');
  rig.wait_for(rig.start_cancel(other, rig::Reason::operator_, most + "\xc3\xa4"));
  CHECK(rig.finish(other) ==
        "-CANCELLED txn " + other.handle() + " by operator at locked: " + most);
}
