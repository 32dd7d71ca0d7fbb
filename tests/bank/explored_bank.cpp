#include "tests/bank/explored_bank.hpp"

#include "tests/bank/reply_text.hpp"
#include "tests/db/steps.hpp"

namespace explored {
namespace {

bank::Bank::Options options(cancel::Mechanism mechanism, cancel::Observer* observer,
                            std::vector<std::string>& faults) {
  bank::Bank::Options wanted;
  wanted.mechanism = mechanism;
  wanted.observer = observer;
  wanted.teaching = observer != nullptr;
  wanted.pin_cost = bank::Pins::Cost::cheap;
  wanted.on_fault = [&faults](const std::string& why) { faults.push_back(why); };
  return wanted;
}

/// The money that the transfer brings into the accounts.
ledger::Cents money_in(const ledger::Transfer& transfer) {
  if (transfer.debit == ledger::vault) return transfer.amount;
  if (transfer.credit == ledger::vault) return -transfer.amount;
  return 0;
}

ledger::Cents total(ledger::Ledger& ledger) {
  return ledger.account(1)->balance + ledger.account(2)->balance;
}

}  // namespace

std::string Customer::code() const {
  return rig::code(reply());
}

Bank::Bank(explore::Run& run, cancel::Mechanism mechanism, int requests, cancel::Observer* observer)
    : run_(run),
      ledger_(ledger::make_memory_ledger(disk_)),
      boss_(requests),
      bank_(furnished(), options(mechanism, observer, faults_)) {
  run.spawn("boss", [this] {
    for (const auto& customer : admitted_during_run_) admit(*customer);
    boss_.run_posted();
  });
}

ledger::Ledger& Bank::furnished() {
  const auto unit = ledger_->begin();
  for (int i = 0; i < 2; ++i) unit->create({"none", opening, std::nullopt, 1});
  unit->commit();
  return *ledger_;
}

std::shared_ptr<Customer> Bank::ask(const std::string& command) {
  const auto customer = add(command);
  admit(*customer);
  return customer;
}

std::shared_ptr<Customer> Bank::ask_during_run(const std::string& command) {
  admitted_during_run_.push_back(add(command));
  return admitted_during_run_.back();
}

void Bank::commit_before_run(ledger::Kind kind, ledger::AccountId to, const std::string& key) {
  ledger::Posting posting;
  posting.kind = kind;
  posting.debit = 1;
  posting.credit = to;
  posting.amount = 60;
  posting.debit_after = opening - 60;
  posting.credit_after = opening + 60;
  posting.claim = ledger::Claim{1, key, kind, to, 60};
  posting.reply = posting.debit_after;
  posting.time = 1;
  const auto unit = ledger_->begin();
  unit->store(posting);
  unit->commit();
  total_ = total(*ledger_);
}

void Bank::admit(Customer& customer) {
  customer.txn = bank::Transaction::admit(
      bank_, rig::split(customer.command),
      {customer.inbox, std::make_shared<bank::Session>(bank::Session{bank::Role::teller, 0, 0}), 1},
      {&boss_, [](const std::function<void()>& job) { job(); }});
  customer.txn->on_finished([this] { boss_.one_is_gone(); });
  const seam::Lock lock(customer.mutex);
  customer.ready = true;
  customer.admitted.notify();
}

/// Adds a customer, and a worker that waits for the admission.
std::shared_ptr<Customer> Bank::add(const std::string& command) {
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

void Bank::check() {
  run_.check(faults_.empty(), "the store contradicts no change that was ordered");
  run_.check(bank_.transactions.size() == 0, "no handle is left");
  run_.check(bank_.accounts.held() == 0, "no account is left locked");
  run_.check(bank_.counters.live_buffers.load() == 0, "no buffer is left");
  ledger::Cents expected = total_;
  for (const auto& customer : customers_) expected += check_reply(*customer);
  run_.check(ledger_->account(1)->balance >= 0 && ledger_->account(2)->balance >= 0,
             "no account is overdrawn");
  run_.check(total(*ledger_) == expected, "money is conserved");
  run_.check(steps::audit(*ledger_).violations == 0, "the audit finds no violation");
}

/// Checks that the reply agrees with the ledger. Returns the money that came into the accounts.
ledger::Cents Bank::check_reply(const Customer& customer) {
  run_.check(customer.inbox->replies() == 1, "each customer receives one reply");
  const bank::Arguments& asked = customer.txn->arguments();
  const auto row = ledger_->key(asked.account, asked.key);
  if (customer.txn->stage() == cancel::Stage::committed) {
    run_.check(row && !row->cancelled, "an acknowledged request has its row");
    if (!row) return 0;
    const bool reverses = asked.operation == bank::Operation::reverse;
    const auto transfer = ledger_->transfer(reverses ? row->reversed_by : row->transfer);
    run_.check(transfer.has_value(), "an acknowledged request has its transfer");
    if (!reverses) {
      run_.check(customer.reply() == std::to_string(row->reply), "the reply agrees with its row");
    }
    return transfer ? money_in(*transfer) : 0;
  }
  if (!asked.claims_key()) return 0;
  const auto order = customer.txn->order();
  if (!customer.reply().starts_with("-")) {
    run_.check(row && customer.reply() == std::to_string(row->reply),
               "a repeat receives the first reply");
  } else if (customer.code() == "-CANCELLED" && (!order || order->durable)) {
    run_.check(row && row->cancelled, "a request that a person cancelled has a tombstone");
  }
  return 0;
}

}  // namespace explored
