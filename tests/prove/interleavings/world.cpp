#include "tests/prove/interleavings/world.hpp"

#include <algorithm>
#include <deque>
#include <set>
#include <stdexcept>

#include "server/bank/keys.hpp"
#include "server/commands/accounts.hpp"
#include "server/commands/txn.hpp"
#include "tests/bank/reply_text.hpp"
#include "tests/cancel/explored.hpp"
#include "tests/prove/interleavings/customer.hpp"
#include "tests/prove/interleavings/explored_ledger.hpp"
#include "tests/prove/interleavings/looks.hpp"
#include "tests/prove/interleavings/store.hpp"
#include "tests/prove/invariants/books.hpp"
#include "tests/prove/invariants/invariants.hpp"

namespace interleavings {
namespace {

using cancel::Verdict;

std::shared_ptr<bank::Session> teller() {
  return std::make_shared<bank::Session>(bank::Session{bank::Role::teller, 0, 0});
}

class World {
 public:
  World(explore::Run& run, const Plan& plan)
      : run_(run), plan_(plan), store_(plan.sqlite), ledger_(opened(run)) {
    bank::Bank::Options wanted;
    wanted.mechanism = plan.mechanism;
    wanted.pin_cost = bank::Pins::Cost::cheap;
    wanted.on_fault = [this](const std::string& why) { faults_.push_back(why); };
    bank_ = std::make_unique<bank::Bank>(*ledger_, wanted);
  }

  void go() {
    for (const std::string& actor : plan_.actors) {
      customers_.push_back(is_request(actor) ? request(actor) : nullptr);
    }
    for (const std::string& actor : plan_.actors) {
      if (!is_request(actor)) disturb(actor);
    }
    run_.spawn("boss", [this] {
      if (arrivals_matter(plan_)) admit_all();
      boss_.run_posted();
    });
    run_.spawn("end", [this] {
      for (const auto& thread : threads_) thread->join();
      boss_.one_is_gone();  // all its callers have ended
    });
    if (!arrivals_matter(plan_)) admit_all();
    run_.go();
  }

  void judge() {
    // The run reports the first violation.
    for (const std::string& lie : lies_) run_.check(false, lie);
    const invariants::Evidence evidence = seen();
    report(
        invariants::left({.handles = bank_->transactions.size(),
                          .mutexes = static_cast<std::size_t>(bank_->accounts.held()),
                          .buffers = static_cast<std::size_t>(bank_->counters.live_buffers.load()),
                          .commits = bank_->commits.waiting(),
                          .units = ledger_->units(),
                          .workers = workers_,
                          .uncleaned = run_.uncleaned()}));
    report(invariants::all(evidence, ledger_->behind()));
    for (const auto& [account, moves] : frozen_) {
      run_.check(moves_of(ledger_->behind(), account) == moves,
                 "no money moves on an account after +OK to its freeze");
    }
    const std::string contradicted = "the store contradicts no change that was ordered: ";
    for (const std::string& why : faults_) run_.check(false, contradicted + why);
    run_.check(bank_->commits.closed() || serves_rows_of(*bank_, ledger_->behind()),
               "once all is decided, the bank serves the rows of the ledger");
    bank_.reset();
    ledger_.reset();
    const auto reopened = store_.open();
    for (std::string& sentence : invariants::all(evidence, *reopened)) {
      run_.check(false, "after reopening, " + sentence);
    }
  }

 private:
  std::unique_ptr<ExploredLedger> opened(explore::Run& run) {
    auto ledger = store_.open();
    furnish(*ledger);
    before_ = invariants::balances(*ledger);
    return std::make_unique<ExploredLedger>(std::move(ledger),
                                            [&run](const char* rule) { run.check(false, rule); });
  }
  std::shared_ptr<Customer> request(const std::string& command) {
    const auto customer = std::make_shared<Customer>();
    customer->command = command;
    const auto thread = std::make_shared<std::shared_ptr<seam::Thread>>();
    *thread = spawn(command, [this, customer, thread] {
      const Working working(workers_);
      run_.await(customer.get());
      customer->txn->run(**thread);
    });
    return customer;
  }

  void admit_all() {
    for (const auto& customer : customers_) {
      if (customer) admit(*customer);
    }
  }
  void admit(Customer& customer) {
    customer.txn =
        bank::Transaction::admit(*bank_, rig::split(customer.command), {customer.sink, teller(), 1},
                                 {&boss_, [](const std::function<void()>& job) { job(); }});
    customer.sink->on_reply(
        [this, &customer](const std::string& reply) { look_at_reply(*customer.txn, reply); });
    run_.happen(&customer);
  }

  /// Checks at delivery that a reply rests on durable rows only and that its key has been released.
  /// Reading the ledger is a step, since the order of a commit and this look matters.
  void look_at_reply(const bank::Transaction& txn, const std::string& reply) {
    const bank::Arguments& asked = txn.arguments();
    if (!asked.claims_key()) return;
    const auto row = ledger_->key(asked.account, asked.key);
    lie_unless(reply.starts_with("-") || (row && !row->cancelled),
               "no reply rests on what is not durable");
    if (reply.find(" by operator") != std::string::npos ||
        reply.find(" by customer") != std::string::npos) {
      look_for_tombstone(asked.account, asked.key);
    }
    // Not a step: a later claim by another request makes no difference.
    const Unscheduled alone;
    const bool released = bank_->keys.find(asked.account, asked.key).get() != &txn;
    lie_unless(released == (txn.stage() != cancel::Stage::unknown),
               "the key is released when the reply arrives, unless the outcome is unknown");
  }

  void look_for_tombstone(ledger::AccountId account, const std::string& key) {
    const auto row = ledger_->key(account, key);
    lie_unless(row && row->cancelled,
               "no durable cancel is answered before its tombstone is durable");
  }

  // ── Disturbances ───────────────────────────────────────────────────────────────────────────

  void disturb(const std::string& actor) {
    const auto words = rig::split(actor);
    const std::string& what = words.at(0);
    const std::int64_t number = std::stoll(words.at(1));
    if (what.starts_with("disk-")) machine_well_ = false;
    if (what == "disk-refuses") {
      ledger_->refuse_commit(number);
    } else if (what == "disk-fails") {
      store_.fail_commit(number, words.at(2) == "done" ? ledger::CommitFailure::unknown_done
                                                       : ledger::CommitFailure::unknown_undone);
    } else if (what == "freeze") {
      spawn(actor, [this, number] { freeze(number); });
    } else if (what == "status") {
      spawn(actor, [this, number, key = words.at(2)] { status(number, key); });
    } else if (what == "cancel-key") {
      spawn(actor, [this, number, key = words.at(2)] { cancel_key(number, key); });
    } else if (what == "cancel-handle") {
      spawn(actor, [this, index = index_of(number)] { cancel_handle(index); });
    } else if (what == "deadline" || what == "lost") {
      const bool lost = what == "lost";
      spawn(actor, [this, index = index_of(number), lost] { cancel_by_boss(index, lost); });
    } else {
      throw std::invalid_argument("unknown actor " + what);
    }
  }
  std::shared_ptr<seam::Thread> spawn(const std::string& name, std::function<void()> body) {
    return threads_.emplace_back(run_.spawn(name, std::move(body)));
  }
  std::size_t index_of(std::int64_t number) const {
    const auto index = static_cast<std::size_t>(number - 1);
    if (!customers_.at(index)) throw std::invalid_argument("that actor is not a request");
    return index;
  }

  invariants::Cancelled& add_cancel(std::optional<std::size_t> request, bool durable) {
    invariants::Cancelled& cancelled = cancelled_.emplace_back();
    cancelled.request = request;
    cancelled.durable = durable;
    cancelled.times = 0;
    return cancelled;
  }

  /// Waits until the request has been admitted.
  bank::Transaction& admitted(std::size_t index) {
    run_.await(customers_.at(index).get());
    return *customers_.at(index)->txn;
  }

  void cancel_handle(std::size_t index) {
    const bank::Transaction& txn = admitted(index);
    invariants::Cancelled& cancelled = add_cancel(index, true);
    commands::cancel_transaction(*bank_, to_string(txn.handle()), "no",
                                 [this, &cancelled, &txn, index](Verdict verdict, const auto&) {
                                   // Not a race: the handle is removed after the reply.
                                   cancelled.unanswered = customers_[index]->sink->replies() == 0;
                                   cancelled.verdict = verdict;
                                   ++cancelled.times;
                                   const bank::Arguments& asked = txn.arguments();
                                   if (verdict != Verdict::cancelled || !asked.claims_key()) return;
                                   look_for_tombstone(asked.account, asked.key);
                                 });
  }
  /// Cancels as the boss does at a deadline or a lost connection.
  void cancel_by_boss(std::size_t index, bool lost) {
    bank::Transaction& txn = admitted(index);
    invariants::Cancelled& cancelled = add_cancel(index, false);
    if (lost) customers_.at(index)->sink->hang_up();
    txn.cancel(order_of(lost ? bank::Reason::disconnect : bank::Reason::deadline),
               [&cancelled](Verdict verdict) {
                 cancelled.verdict = verdict;
                 ++cancelled.times;
               });
  }
  void cancel_key(ledger::AccountId account, const std::string& key) {
    invariants::Cancelled& cancelled = add_cancel(std::nullopt, true);
    cancelled.account = account;
    cancelled.key = key;
    bank::cancel_key(*bank_, account, key, order_of(bank::Reason::customer),
                     [this, &cancelled](Verdict verdict, const auto&) {
                       cancelled.verdict = verdict;
                       ++cancelled.times;
                       if (verdict == Verdict::cancelled || verdict == Verdict::already) {
                         look_for_tombstone(cancelled.account, cancelled.key);
                       }
                     });
  }
  void freeze(ledger::AccountId account) {
    commands::freeze(*bank_, account, [this, account](const bank::Reply& reply) {
      const bool refused = reply.as_error() != nullptr;
      lie_unless(!refused || !machine_well_, "a freeze succeeds");
      if (!refused) frozen_.emplace_back(account, moves_of(*ledger_, account));
    });
  }
  void status(ledger::AccountId account, const std::string& key) {
    auto claimed = bank_->keys.find(account, key);
    const std::string reply = rig::text(bank::status_of_key(*bank_, account, key));
    const bool has_committed = claimed && claimed->stage() == cancel::Stage::committed;
    claimed.reset();
    const auto row = ledger_->key(account, key);
    const char* const lie = lie_of_status(reply, row, has_committed, bank_->commits.closed());
    if (lie != nullptr) lies_.emplace_back(lie);
  }
  void lie_unless(bool holds, const char* rule) {
    if (!holds) lies_.emplace_back(rule);
  }
  invariants::Evidence seen() {
    invariants::Evidence evidence;
    evidence.before = before_;
    evidence.transfers_before = furnished;
    evidence.machine_well = machine_well_;
    std::vector<std::size_t> place(customers_.size());
    for (std::size_t i = 0; i < customers_.size(); ++i) {
      if (!customers_[i]) continue;
      place[i] = evidence.asked.size();
      evidence.asked.push_back(asked_by(*customers_[i]));
      run_.check(evidence.asked.back().replies == 1, "each request has one reply");
    }
    for (invariants::Cancelled cancelled : cancelled_) {
      if (cancelled.request) cancelled.request = place[*cancelled.request];
      evidence.cancelled.push_back(cancelled);
    }
    return evidence;
  }
  void report(const invariants::Sentences& sentences) {
    for (const std::string& sentence : sentences) run_.check(false, sentence);
  }

  explore::Run& run_;
  const Plan& plan_;
  Store store_;
  std::map<ledger::AccountId, ledger::Cents> before_;
  std::unique_ptr<ExploredLedger> ledger_;
  explored::Owner boss_{1};  // for all of them together: see go()
  std::unique_ptr<bank::Bank> bank_;
  std::vector<std::shared_ptr<Customer>> customers_;
  std::vector<std::shared_ptr<seam::Thread>> threads_;
  std::deque<invariants::Cancelled> cancelled_;
  std::vector<std::pair<ledger::AccountId, std::size_t>> frozen_;  // number of transfers at +OK
  std::vector<std::string> lies_, faults_;
  std::size_t workers_ = 0;
  bool machine_well_ = true;
};

}  // namespace

void run_plan(explore::Run& run, const Plan& plan) {
  World world(run, plan);
  world.go();
  world.judge();
}

}  // namespace interleavings
