#include "tests/bank/rig.hpp"

#include <stdexcept>

#include <doctest/doctest.h>

#include "server/bank/keys.hpp"
#include "server/commands/accounts.hpp"
#include "server/commands/txn.hpp"
#include "tests/db/steps.hpp"

namespace rig {

SessionRef nobody() {
  return std::make_shared<bank::Session>();
}
SessionRef customer(ledger::AccountId account, std::int64_t pin_version) {
  return std::make_shared<bank::Session>(bank::Session{bank::Role::customer, account, pin_version});
}
SessionRef teller() {
  return std::make_shared<bank::Session>(bank::Session{bank::Role::teller, 0, 0});
}
SessionRef operator_() {
  return std::make_shared<bank::Session>(bank::Session{bank::Role::operator_, 0, 0});
}

Options each_mechanism() {
  Options options;
  SUBCASE("token") {
    options.mechanism = cancel::Mechanism::token;
  }
  SUBCASE("posix") {
    options.mechanism = cancel::Mechanism::posix;
  }
  return options;
}

Options each_store() {
  Options options;
  SUBCASE("memory") {
    options.store = Store::memory;
  }
  SUBCASE("sqlite") {
    options.store = Store::sqlite;
  }
  return options;
}

Options each_store_and_mechanism() {
  Options options;
  SUBCASE("memory, token") {}
  SUBCASE("memory, posix") {
    options.mechanism = cancel::Mechanism::posix;
  }
  SUBCASE("sqlite, token") {
    options.store = Store::sqlite;
  }
  SUBCASE("sqlite, posix") {
    options = {.store = Store::sqlite, .mechanism = cancel::Mechanism::posix};
  }
  return options;
}

// ── Bell ─────────────────────────────────────────────────────────────────────────────────

void Bell::ring() {
  const seam::Lock lock(mutex_);
  rung_ = true;
  heard_.notify();
}

void Bell::wait() {
  const seam::Lock lock(mutex_);
  if (!rung_) heard_.wait_until(mutex_, seam::now() + std::chrono::milliseconds(1));
  rung_ = false;
}

// ── Rig ─────────────────────────────────────────────────────────────────────────────────────────

Rig::Rig(const Options& options) : options_(options), shelf_(options.store) {
  open();
}

void Rig::open() {
  gate_ = std::make_unique<GatedLedger>(shelf_.ledger());
  bank::Bank::Options wanted;
  wanted.mechanism = options_.mechanism;
  wanted.teaching = options_.teaching;
  wanted.pin_cost = options_.pin_cost;
  wanted.on_unknown = [this] { unknowns_.fetch_add(1); };
  wanted.on_fault = [this](const std::string&) { faults_.fetch_add(1); };
  leaders_ = std::make_unique<commands::JobThreads>(1);
  wanted.elsewhere = [this](std::function<void()> job) { leaders_->submit(std::move(job)); };
  wanted.observer = options_.observer;
  bank_ = std::make_unique<bank::Bank>(*gate_, wanted);
  workers_ = std::make_unique<cancel::WorkerPool>(options_.workers, [this] { bell_.ring(); });
}

void Rig::close() {
  gate_->open();
  bank_->holds.clear();
  attend_until([this] {
    for (const auto& txn : bank_->transactions.all()) txn->resume();
    return bank_->transactions.size() == 0;
  });
  for (const auto& job : jobs_) job->join();
  jobs_.clear();
  workers_->stop();
  workers_.reset();
  leaders_.reset();
  bank_.reset();
  gate_.reset();
}

Rig::~Rig() {
  close();
  CHECK_MESSAGE(faults_.load() == expected_faults_,
                "the store contradicted a change that was ordered");
}

void Rig::restart() {
  close();
  shelf_.reopen();
  open();
}

bank::Transaction::Threads Rig::threads() {
  return {workers_.get(), [this](std::function<void()> job) { elsewhere(std::move(job)); }};
}

ledger::AccountId Rig::open_account(ledger::Cents balance) {
  const std::string with = balance == 0 ? "" : " BALANCE " + std::to_string(balance);
  return std::stoll(ask("CREATE 1234" + with));
}

Asked Rig::start(const SessionRef& as, const std::string& command) {
  Asked asked;
  asked.inbox = std::make_shared<Inbox>([this](const std::string&) { bell_.ring(); });
  asked.txn = bank::Transaction::admit(*bank_, split(command), {asked.inbox, as, 7}, threads());
  if (asked.txn->hold_if_asked(static_cast<cancel::PointIndex>(Point::queued))) return asked;
  if (workers_->admit(asked.txn) == cancel::WorkerPool::Admission::busy) {
    throw std::runtime_error("the workers are busy");
  }
  return asked;
}

std::string Rig::ask(const SessionRef& as, const std::string& command) {
  return finish(start(as, command));
}

std::string Rig::finish(const Asked& asked) {
  attend_until_gone(*asked.txn);
  return asked.reply().value_or("no reply");
}

void Rig::attend_until_gone(bank::Transaction& txn) {
  const auto gone = std::make_shared<seam::Atomic<bool>>(false);
  txn.on_finished([this, gone] {
    gone->store(true);
    bell_.ring();
  });
  attend_until([&] { return gone->load(); });
}

ledger::Cents Rig::balance(ledger::AccountId account) {
  const auto found = shelf_.ledger().account(account);
  return found ? found->balance : -1;
}

void Rig::set_frozen(ledger::AccountId account, bool frozen) {
  if (!frozen) {
    commands::unfreeze(*bank_, account);
    return;
  }
  seam::Atomic<bool> done{false};
  commands::freeze(*bank_, account, [&](const bank::Reply&) { done.store(true); });
  attend_until([&] { return done.load(); });
}

std::string Rig::outcome(ledger::AccountId account, const std::string& key) {
  const bank::Reply reply = status_of_key(*bank_, account, key);
  const auto* const fields = std::get_if<bank::Reply::Map>(&reply.value);
  return text(fields == nullptr ? reply : fields->front().second);
}

std::int64_t Rig::violations() {
  return steps::audit(shelf_.ledger()).violations;
}

void Rig::hold(Point point, std::optional<ledger::AccountId> account) {
  bank_->holds.add({static_cast<cancel::PointIndex>(point), account, std::nullopt});
}

Asked Rig::start_held(const SessionRef& as, const std::string& command, Point point) {
  hold(point);
  Asked asked = start(as, command);
  attend_until_held(asked, point);
  bank_->holds.clear();
  return asked;
}

Asked Rig::start_at_gate(const std::string& command, const SessionRef& as) {
  gate_->shut();
  const Asked asked = start(as, command);
  attend_until([&] { return gate_->waited_at(); });
  return asked;
}

void Rig::attend_until_held(const Asked& asked, Point point) {
  attend_until([&] {
    const cancel::RequestView view = asked.txn->view();
    const bool late = point != Point::replied && asked.reply();
    REQUIRE_MESSAGE(!late, "it must be held, and was answered " << asked.reply().value_or(""));
    return view.held && view.point == static_cast<cancel::PointIndex>(point);
  });
}

void Rig::attend_until_waiting(const Asked& asked, std::string_view what) {
  attend_until([&] {
    // A reply ends the wait, which would last for ever.
    REQUIRE_MESSAGE(!asked.reply(), "it must wait for " << what << ", and was answered "
                                                        << asked.reply().value_or(""));
    return asked.txn->view().waiting == what;
  });
}

void Rig::attend_until_committing(std::size_t count) {
  attend_until([&] { return bank_->commits.waiting() == count; });
}

void Rig::attend_until(const std::function<bool()>& holds) {
  for (;;) {
    workers_->run_posted();
    if (holds()) return;
    bell_.wait();
  }
}

Rig::ToldRef Rig::start_cancel(const Asked& asked, Reason reason, const std::string& why) {
  const auto told = std::make_shared<Told>();
  asked.txn->cancel(bank::order_of(reason, why), [this, told](Verdict verdict) {
    told->verdict.store(verdict);
    told->times.fetch_add(1);
    bell_.ring();
  });
  return told;
}

Rig::ToldRef Rig::start_cancel_handle(const std::string& handle, const std::string& why) {
  const auto told = std::make_shared<Told>();
  commands::cancel_transaction(*bank_, handle, why, [this, told](Verdict verdict, const auto&) {
    told->verdict.store(verdict);
    told->times.fetch_add(1);
    bell_.ring();
  });
  return told;
}

Rig::ToldRef Rig::start_cancel_key(ledger::AccountId account, const std::string& key) {
  const auto told = std::make_shared<Told>();
  elsewhere([this, told, account, key] {
    cancel_key(*bank_, account, key, bank::order_of(Reason::customer),
               [this, told](Verdict verdict, const auto&) {
                 told->verdict.store(verdict);
                 told->times.fetch_add(1);
                 bell_.ring();
               });
  });
  return told;
}

void Rig::elsewhere(std::function<void()> job) {
  jobs_.push_back(std::make_unique<seam::Thread>());
  if (!jobs_.back()->start(std::move(job))) throw std::runtime_error("no thread");
}

Verdict Rig::wait_for(const ToldRef& told) {
  attend_until([&] { return told->times.load() > 0; });
  return told->verdict.load();
}

bool Rig::quiet() {
  return bank_->transactions.size() == 0 && bank_->accounts.held() == 0 &&
         bank_->counters.live_buffers.load() == 0;
}

void Rig::attend_until_quiet() {
  attend_until([this] { return quiet(); });
}

}  // namespace rig
