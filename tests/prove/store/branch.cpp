#include "tests/prove/store/branch.hpp"

#include <chrono>
#include <stdexcept>

#include "server/admin/accounts.hpp"
#include "server/admin/txn.hpp"
#include "server/bank/keys.hpp"
#include "server/bank/login.hpp"
#include "server/process_request.hpp"
#include "tests/bank/reply_text.hpp"
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

}  // namespace

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
  }
  bell_.ring();
  return true;
}

std::optional<std::string> Inbox::reply() const {
  const std::lock_guard lock(mutex_);
  return reply_;
}

Branch::Branch(const Options& options)
    : ledger_(ledger::open_sqlite(options.directory, options.sqlite)),
      gate_(*ledger_),
      bank_(gate_, with(options.mechanism, [this] { ++unknowns_; })),
      workers_({}, [this] { bell_.ring(); }) {}

Branch::~Branch() {
  gate_.open();
  bank_.holds.clear();
  attend_until([this] {
    for (const auto& txn : bank_.transactions.all()) txn->resume();
    return bank_.transactions.size() == 0;
  });
  workers_.stop();
}

std::string Branch::left_behind() {
  std::string left;
  const auto note = [&left](const char* what, auto count) {
    if (count != 0) left += std::to_string(count) + " " + what + " ";
  };
  note("handles", bank_.transactions.size());
  note("mutexes", bank_.accounts.held());
  note("buffers", bank_.counters.live_buffers.load());
  note("commits", bank_.commits.waiting());
  return left;
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
      {&workers_, &server::process_request, [](const std::function<void()>& job) { job(); }});
  if (workers_.admit(asked.txn) == cancel::WorkerPool::Admission::busy) {
    throw std::runtime_error("the workers are busy");
  }
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
  asked.txn->when_gone([this, gone] {
    gone->store(true);
    bell_.ring();
  });
  attend_until([&] { return gone->load(); });
  return asked.inbox->reply().value_or("no reply");
}

void Branch::attend_until(const std::function<bool()>& holds) {
  for (;;) {
    workers_.attend();
    if (holds()) return;
    bell_.wait();
  }
}

std::string Branch::await(const std::shared_ptr<Inbox>& answer) {
  attend_until([&] { return answer->reply().has_value(); });
  return *answer->reply();
}

std::string Branch::log_in(ledger::AccountId account, const std::string& pin) {
  return rig::text(bank::log_in(bank_, account, pin).reply);
}

std::string Branch::freeze(ledger::AccountId account) {
  const auto answer = std::make_shared<Inbox>(bell_);
  admin::freeze(bank_, account, [answer](const bank::Reply& reply) { answer->deliver(reply); });
  return await(answer);
}

std::string Branch::unfreeze(ledger::AccountId account) {
  return rig::text(admin::unfreeze(bank_, account));
}

std::string Branch::unlock(ledger::AccountId account) {
  return rig::text(admin::unlock(bank_, account));
}

std::string Branch::cancel_key(ledger::AccountId account, const std::string& key) {
  const auto answer = std::make_shared<Inbox>(bell_);
  bank::cancel_key(bank_, account, key, bank::order_of(bank::Reason::customer),
                   [answer](cancel::Verdict verdict, const auto&) {
                     answer->deliver(admin::verdict_reply(verdict));
                   });
  return await(answer);
}

std::string Branch::cancel(const Asked& asked) {
  const auto answer = std::make_shared<Inbox>(bell_);
  asked.txn->cancel(bank::order_of(bank::Reason::operator_), [answer](cancel::Verdict verdict) {
    answer->deliver(admin::verdict_reply(verdict));
  });
  return await(answer);
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
