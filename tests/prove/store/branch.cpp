#include "tests/prove/store/branch.hpp"

#include <chrono>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "server/bank/keys.hpp"
#include "server/bank/login.hpp"
#include "server/commands/accounts.hpp"
#include "server/commands/txn.hpp"
#include "server/commands/verdict.hpp"
#include "tests/bank/reply_text.hpp"
#include "tests/db/connections.hpp"
#include "tests/db/steps.hpp"

namespace prove {
namespace {

bank::Bank::Options with(cancel::Mechanism mechanism, std::function<void()> on_unknown) {
  bank::Bank::Options options;
  options.mechanism = mechanism;
  options.teaching = true;
  options.pin_cost = bank::Pins::Cost::cheap;
  options.on_unknown = std::move(on_unknown);
  return options;
}

std::size_t threads() {
  using Threads = std::filesystem::directory_iterator;
  return static_cast<std::size_t>(std::distance(Threads("/proc/self/task"), Threads()));
}

}  // namespace

cancel::Verdict verdict_in(const std::string& reply) {
  for (const auto verdict : {cancel::Verdict::cancelled, cancel::Verdict::already,
                             cancel::Verdict::too_late, cancel::Verdict::invalid}) {
    if (rig::text(commands::verdict_reply(verdict)) == reply) return verdict;
  }
  return cancel::Verdict::unknown;
}

void append(invariants::Evidence& known, const invariants::Evidence& more) {
  const std::size_t before = known.asked.size();
  known.asked.insert(known.asked.end(), more.asked.begin(), more.asked.end());
  for (invariants::Cancelled each : more.cancelled) {
    if (each.request) *each.request += before;
    known.cancelled.push_back(each);
  }
}

void Bell::ring() {
  const std::lock_guard lock(mutex_);
  rung_ = true;
  heard_.notify_one();
}

void Bell::wait() {
  std::unique_lock lock(mutex_);
  heard_.wait_for(lock, std::chrono::milliseconds(1), [this] { return rung_; });
  rung_ = false;
}

bool Inbox::deliver(const bank::Reply& reply) noexcept {
  {
    const std::lock_guard lock(mutex_);
    reply_ = rig::text(reply);
    ++replies_;
  }
  bell_.ring();
  return true;
}

std::optional<std::string> Inbox::reply() const {
  const std::lock_guard lock(mutex_);
  return reply_;
}

int Inbox::replies() const {
  const std::lock_guard lock(mutex_);
  return replies_;
}

Branch::Branch(const Options& options)
    : threads_before_(threads()),
      ledger_(ledger::open_sqlite(options.directory, options.sqlite)),
      gate_(*ledger_),
      bank_(gate_, with(options.mechanism, [this] { ++unknowns_; })),
      workers_({}, [this] { bell_.ring(); }) {
  evidence_.machine_well = false;
}

Branch::~Branch() {
  gate_.open();
  bank_.holds.clear();
  attend_until([this] {
    for (const auto& txn : bank_.transactions.all()) txn->resume();
    return bank_.transactions.size() == 0;
  });
  workers_.stop();
}

invariants::Left Branch::left() {
  invariants::Left left{.handles = bank_.transactions.size(),
                        .mutexes = static_cast<std::size_t>(bank_.accounts.held()),
                        .buffers = static_cast<std::size_t>(bank_.counters.live_buffers.load()),
                        .commits = bank_.commits.waiting(),
                        .units = connections::in_transaction(),
                        .workers = workers_.counts().queued,
                        .uncleaned = uncleaned_};
  if (left.handles + left.workers > 0) return left;
  workers_.stop();
  // The kernel lists a joined thread for a moment longer. A thread that was not joined hangs here.
  while (threads() > threads_before_) std::this_thread::yield();
  return left;
}

std::size_t Branch::note(const bank::Arguments& asked) {
  evidence_.asked.push_back(
      {asked.operation, asked.account, asked.to, asked.amount, asked.key, std::nullopt, 0});
  return evidence_.asked.size() - 1;
}

Asked Branch::start(const std::string& command) {
  static const auto teller =
      std::make_shared<bank::Session>(bank::Session{bank::Role::teller, 0, 0});
  static const auto operator_ =
      std::make_shared<bank::Session>(bank::Session{bank::Role::operator_, 0, 0});
  Asked asked;
  asked.inbox = std::make_shared<Inbox>(bell_);
  const bool scans = command.starts_with("AUDIT") || command.starts_with("BACKUP");
  asked.txn = bank::Transaction::admit(
      bank_, rig::split(command), {asked.inbox, scans ? operator_ : teller, 7},
      {&workers_, [](const std::function<void()>& job) { job(); }});
  if (workers_.admit(asked.txn) == cancel::WorkerPool::Admission::busy) {
    throw std::runtime_error("the workers are busy");
  }
  asked.number = note(asked.txn->arguments());
  return asked;
}

Asked Branch::start_held(const std::string& command, bank::Point point) {
  const auto index = static_cast<cancel::PointIndex>(point);
  bank_.holds.add({index, std::nullopt, std::nullopt});
  Asked asked = start(command);
  attend_until([&] {
    const cancel::RequestView view = asked.txn->view();
    return asked.inbox->reply() || (view.held && view.point == index);
  });
  bank_.holds.clear();
  return asked;
}

std::string Branch::finish(const Asked& asked) {
  const auto gone = std::make_shared<std::atomic<bool>>(false);
  asked.txn->on_finished([this, gone] {
    gone->store(true);
    bell_.ring();
  });
  attend_until([&] { return gone->load(); });
  uncleaned_ += asked.txn->view().cleanup.size();
  invariants::Asked& known = evidence_.asked.at(asked.number);
  known.reply = asked.inbox->reply();
  known.replies = asked.inbox->replies();
  return asked.inbox->reply().value_or("no reply");
}

void Branch::attend_until(const std::function<bool()>& holds) {
  for (;;) {
    workers_.run_posted();
    if (holds()) return;
    bell_.wait();
  }
}

void Branch::attend_closely_until(const std::function<bool()>& holds) {
  for (workers_.run_posted(); !holds(); workers_.run_posted()) std::this_thread::yield();
}

std::string Branch::await(const std::shared_ptr<Inbox>& answer) {
  attend_until([&] { return answer->reply().has_value(); });
  return *answer->reply();
}

std::string Branch::log_in(ledger::AccountId account, const std::string& pin) {
  return rig::text(bank::log_in(bank_, account, bank::Secret(pin)).reply);
}

std::string Branch::freeze(ledger::AccountId account) {
  const auto answer = std::make_shared<Inbox>(bell_);
  commands::freeze(bank_, account, [answer](const bank::Reply& reply) { answer->deliver(reply); });
  return await(answer);
}

std::string Branch::unfreeze(ledger::AccountId account) {
  return rig::text(commands::unfreeze(bank_, account));
}

std::string Branch::unlock(ledger::AccountId account) {
  return rig::text(commands::unlock(bank_, account));
}

Cancelling Branch::start_cancel_key(ledger::AccountId account, const std::string& key) {
  const auto answer = std::make_shared<Inbox>(bell_);
  auto thread = std::async(std::launch::async, [this, account, key, answer] {
    bank::cancel_key(bank_, account, key, bank::order_of(bank::Reason::customer),
                     [answer](cancel::Verdict verdict, const auto&) {
                       answer->deliver(commands::verdict_reply(verdict));
                     });
  });
  return {account, key, answer, std::move(thread)};
}

std::string Branch::finish(const Cancelling& cancelling) {
  const std::string reply = await(cancelling.inbox);
  cancelling.thread.wait();
  evidence_.cancelled.push_back({std::nullopt, cancelling.account, cancelling.key, true,
                                 verdict_in(reply), cancelling.inbox->replies()});
  return reply;
}

std::string Branch::cancel_key(ledger::AccountId account, const std::string& key) {
  const auto answer = std::make_shared<Inbox>(bell_);
  bank::cancel_key(bank_, account, key, bank::order_of(bank::Reason::customer),
                   [answer](cancel::Verdict verdict, const auto&) {
                     answer->deliver(commands::verdict_reply(verdict));
                   });
  const std::string reply = await(answer);
  evidence_.cancelled.push_back(
      {std::nullopt, account, key, true, verdict_in(reply), answer->replies()});
  return reply;
}

std::string Branch::cancel(const Asked& asked) {
  const auto answer = std::make_shared<Inbox>(bell_);
  asked.txn->cancel(bank::order_of(bank::Reason::operator_), [answer](cancel::Verdict verdict) {
    answer->deliver(commands::verdict_reply(verdict));
  });
  const std::string reply = await(answer);
  evidence_.cancelled.push_back({asked.number, 0, {}, true, verdict_in(reply), answer->replies()});
  return reply;
}

std::string Branch::status(ledger::AccountId account, const std::string& key) {
  const bank::Reply reply = status_of_key(bank_, account, key);
  const auto* const fields = std::get_if<bank::Reply::Map>(&reply.value);
  return rig::code(rig::text(fields == nullptr ? reply : fields->front().second));
}

std::int64_t Branch::violations() {
  return steps::audit(*ledger_).violations;
}

}  // namespace prove
