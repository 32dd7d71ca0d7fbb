/// The shipped code over the ledger in memory, one thread at a time, in many orders: whatever the
/// order, one set of sentences holds.

#include "tests/scheduler/explore.hpp"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "server/bank/keys.hpp"
#include "server/commands/txn.hpp"
#include "tests/bank/rig.hpp"
#include "tests/cancel/explored.hpp"
#include "tests/db/steps.hpp"
#include "tests/scheduler/normal_form.hpp"

using cancel::Stage;
using cancel::Verdict;

namespace {

constexpr ledger::Cents opening = 100;

struct Customer {
  std::string command;
  std::shared_ptr<bank::Transaction> txn;
  std::shared_ptr<rig::Inbox> inbox = std::make_shared<rig::Inbox>();
  seam::Mutex mutex;
  seam::Condition admitted;
  bool ready GUARDED_BY(mutex) = false;
  std::string reply() const { return inbox->reply().value_or("no reply"); }
};

struct Canceller {
  Verdict verdict = Verdict::invalid;
  int times = 0;
  void note(Verdict told) {
    verdict = told;
    ++times;
  }
};

/// A bank of two accounts, a boss who is a thread of the run, and a worker for each request.
class World {
 public:
  World(explore::Run& run, cancel::Mechanism mechanism, int requests)
      : run_(run), boss_(requests), bank_(*ledger_, options(mechanism)) {
    const auto unit = ledger_->begin();
    for (int i = 0; i < 2; ++i) unit->create({"none", opening, std::nullopt, 1});
    unit->commit();
    run.spawn("boss", [this] {
      for (const auto& customer : to_admit_) admit_now(*customer);
      boss_.run_posted();
    });
  }

  bank::Bank& bank() { return bank_; }
  /// Admitted before all begins.
  std::shared_ptr<Customer> ask(const std::string& command) {
    const auto customer = add(command);
    admit_now(*customer);
    return customer;
  }
  /// Admitted by the boss, in turn, when it comes to it.
  std::shared_ptr<Customer> ask_some_time(const std::string& command) {
    to_admit_.push_back(add(command));
    return to_admit_.back();
  }

  /// What must hold in the end, whatever was asked.
  void check() {
    run_.check(bank_.transactions.size() == 0, "no handle is left");
    run_.check(bank_.accounts.held() == 0, "no account is left locked");
    run_.check(bank_.counters.live_buffers.load() == 0, "no buffer is left");
    ledger::Cents expected = 2 * opening;
    for (const auto& customer : customers_) expected += checked(*customer);
    const ledger::Cents one = ledger_->account(1)->balance;
    const ledger::Cents other = ledger_->account(2)->balance;
    run_.check(one >= 0 && other >= 0, "no account is overdrawn");
    run_.check(one + other == expected, "money is conserved");
    run_.check(steps::audit(*ledger_).violations == 0, "the books are sound");
  }

 private:
  static bank::Bank::Options options(cancel::Mechanism mechanism) {
    bank::Bank::Options wanted;
    wanted.mechanism = mechanism;
    wanted.pin_cost = bank::Pins::Cost::cheap;
    return wanted;
  }

  void admit_now(Customer& customer) {
    customer.txn = bank::Transaction::admit(
        bank_, rig::split(customer.command), {customer.inbox, rig::teller(), 1},
        {&boss_, [](const std::function<void()>& job) { job(); }});
    customer.txn->on_finished([this] { boss_.one_is_gone(); });
    const seam::Lock lock(customer.mutex);
    customer.ready = true;
    customer.admitted.notify();
  }

  /// A customer, and the worker who waits for the admission.
  std::shared_ptr<Customer> add(const std::string& command) {
    const auto customer = std::make_shared<Customer>();
    customer->command = command;
    customers_.push_back(customer);
    const auto thread = std::make_shared<std::shared_ptr<seam::Thread>>();
    *thread = run_.spawn("worker", [customer, thread] {
      {
        const seam::Lock lock(customer->mutex);
        while (!customer->ready) customer->admitted.wait(customer->mutex);
      }
      customer->txn->run(**thread);
    });
    return customer;
  }

  /// What it brought into the bank; and that its reply is true.
  ledger::Cents checked(const Customer& customer) {
    run_.check(customer.inbox->replies() == 1, "each is answered once");
    if (customer.inbox->replies() != 1) return 0;
    const bank::Arguments& asked = customer.txn->arguments();
    const auto row = ledger_->key(asked.account, asked.key);
    if (customer.txn->stage() == Stage::committed) {
      run_.check(row && !row->cancelled && customer.reply() == std::to_string(row->reply),
                 "what is acknowledged is in the ledger");
      if (asked.operation == bank::Operation::deposit) return asked.amount;
      if (asked.operation == bank::Operation::withdraw) return -asked.amount;
    } else if (!customer.reply().starts_with("-")) {
      run_.check(row && customer.reply() == std::to_string(row->reply), "a repeat is the first");
    } else if (rig::code(customer.reply()) == "-CANCELLED") {
      run_.check(row && row->cancelled, "a cancelled key has its tombstone");
    }
    return 0;
  }

  explore::Run& run_;
  std::unique_ptr<ledger::Ledger> ledger_ = ledger::make_memory_ledger();
  explored::Owner boss_;
  bank::Bank bank_;
  std::vector<std::shared_ptr<Customer>> customers_;
  std::vector<std::shared_ptr<Customer>> to_admit_;
};

// With ThreadSanitizer a run takes a hundred times as long, and races are looked for elsewhere.
#if defined(__SANITIZE_THREAD__)
constexpr std::size_t share = 20;
#else
constexpr std::size_t share = 1;
#endif

using Scenario = std::function<void(explore::Run&, cancel::Mechanism)>;

/// Few preemptions, systematically, and some orders by lot.
void explore_both(const Scenario& scenario) {
  for (const auto mechanism : {cancel::Mechanism::token, cancel::Mechanism::posix}) {
    CAPTURE(static_cast<int>(mechanism));
    const auto body = [&](explore::Run& run) { scenario(run, mechanism); };
    const auto bounded = explore::exhaustive({.most_runs = 400 / share, .preemptions = 1}, body);
    CHECK_MESSAGE(!bounded.failure, bounded.text());
    const auto lots = explore::pct({}, 11, 3, 200 / share, body);
    CHECK_MESSAGE(!lots.failure, lots.text());
    const auto random = explore::random({}, 5, 100 / share, body);
    CHECK_MESSAGE(!random.failure, random.text());
  }
}

void check_verdict(explore::Run& run, const Canceller& told, const Customer& about) {
  run.check(told.times == 1, "one verdict");
  const bool cancelled = rig::code(about.reply()) == "-CANCELLED";
  run.check(told.verdict == Verdict::cancelled || told.verdict == Verdict::too_late ||
                told.verdict == Verdict::invalid,
            "a verdict that can be");
  run.check((told.verdict == Verdict::cancelled) == cancelled, "the verdict is true");
}

/// A deposit, and a cancel of it by its handle: what came of it, and the class of its order.
std::string a_deposit_and_a_cancel(explore::Run& run, cancel::Mechanism mechanism) {
  World world(run, mechanism, 1);
  const auto customer = world.ask("DEPOSIT 1 60 KEY a");
  Canceller told;
  run.spawn("canceller", [&] {
    commands::cancel_transaction(world.bank(), customer->txn->handle(), "no",
                                 [&](Verdict verdict, const auto&) { told.note(verdict); });
  });
  run.go();
  world.check();
  return customer->reply() + ", " + std::string(name(told.verdict)) + ": " +
         explore::normal_form(run.steps());
}

}  // namespace

// All orders are too many to be run one by one; those with two preemptions are not, and come to all
// classes but two. (Those with three come to every one, in a minute.)
TEST_CASE("what few preemptions come to, the reduced orders of the bank come to as well") {
  for (const auto mechanism : {cancel::Mechanism::token, cancel::Mechanism::posix}) {
    CAPTURE(static_cast<int>(mechanism));
    std::set<std::string> reduced;
    std::set<std::string> bounded;
    const auto into = [mechanism](std::set<std::string>& ends) {
      return [&ends, mechanism](explore::Run& run) {
        ends.insert(a_deposit_and_a_cancel(run, mechanism));
      };
    };
    const auto all = explore::exhaustive({.most_runs = 100'000 / share}, into(reduced));
    const auto few =
        explore::exhaustive({.most_runs = 100'000 / share, .preemptions = 2}, into(bounded));
    MESSAGE(all.text() << ", " << reduced.size() << " classes; with few preemptions " << few.text()
                       << ", " << bounded.size() << " classes");
    CHECK_FALSE(all.failure);
    CHECK_FALSE(few.failure);
    if (share > 1) continue;
    CHECK(all.complete);
    CHECK(few.complete);
    CHECK(reduced.size() == all.runs - all.redundant);
    CHECK(10 * bounded.size() > 9 * reduced.size());
    CHECK(std::includes(reduced.begin(), reduced.end(), bounded.begin(), bounded.end()));
  }
}

TEST_CASE("two withdrawals from one account, one cancelled by its handle") {
  explore_both([](explore::Run& run, cancel::Mechanism mechanism) {
    World world(run, mechanism, 2);
    const auto first = world.ask("WITHDRAW 1 60 KEY a");
    const auto second = world.ask("WITHDRAW 1 60 KEY b");
    Canceller told;
    run.spawn("canceller", [&] {
      commands::cancel_transaction(world.bank(), first->txn->handle(), "no",
                                   [&](Verdict verdict, const auto&) { told.note(verdict); });
    });
    run.go();
    world.check();
    check_verdict(run, told, *first);
    const bool won = first->reply() == "40";
    run.check(rig::code(second->reply()) == (won ? "-FUNDS" : "40"), "one gets the money");
  });
}

TEST_CASE("two withdrawals from one account, one cancelled by its key") {
  explore_both([](explore::Run& run, cancel::Mechanism mechanism) {
    World world(run, mechanism, 2);
    const auto first = world.ask("WITHDRAW 1 60 KEY a");
    world.ask("WITHDRAW 1 60 KEY b");
    Canceller told;
    run.spawn("canceller", [&] {
      cancel_key(world.bank(), 1, "a", bank::order_of(bank::Reason::customer),
                 [&](Verdict verdict, const auto&) { told.note(verdict); });
    });
    run.go();
    world.check();
    run.check(told.times == 1, "one verdict");
    const auto row = world.bank().ledger.key(1, "a");
    run.check(row && row->cancelled == (told.verdict == Verdict::cancelled), "the row is final");
    run.check((told.verdict == Verdict::too_late) == (first->txn->stage() == Stage::committed),
              "too late means committed");
  });
}

TEST_CASE("one key twice, and a cancel of it") {
  explore_both([](explore::Run& run, cancel::Mechanism mechanism) {
    World world(run, mechanism, 2);
    const auto first = world.ask_some_time("WITHDRAW 1 60 KEY a");
    const auto second = world.ask_some_time("WITHDRAW 1 60 KEY a");
    Canceller told;
    run.spawn("canceller", [&] {
      cancel_key(world.bank(), 1, "a", bank::order_of(bank::Reason::customer),
                 [&](Verdict verdict, const auto&) { told.note(verdict); });
    });
    run.go();
    world.check();
    run.check(told.times == 1, "one verdict");
    const auto row = world.bank().ledger.key(1, "a");
    const bool stopped = told.verdict == Verdict::cancelled;
    run.check(row && row->cancelled == stopped, "the row is final");
    run.check(world.bank().ledger.account(1)->balance == (stopped ? 100 : 40), "once at the most");
    for (const auto& each : {first, second}) {
      const std::string code = rig::code(each->reply());
      run.check(code == "-INPROGRESS" || code == (stopped ? "-CANCELLED" : "40"),
                "both hear the same");
    }
  });
}

TEST_CASE("transfers both ways do not wait for each other for ever") {
  explore_both([](explore::Run& run, cancel::Mechanism mechanism) {
    World world(run, mechanism, 2);
    const auto there = world.ask("TRANSFER 1 2 100 KEY a");
    const auto back = world.ask("TRANSFER 2 1 100 KEY a");
    run.go();
    world.check();
    run.check(!there->reply().starts_with("-") && !back->reply().starts_with("-"),
              "both have the money");
  });
}
