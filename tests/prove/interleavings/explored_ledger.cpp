#include "tests/prove/interleavings/explored_ledger.hpp"

#include <utility>

#include <pthread.h>

#include "server/cancel/request.hpp"
#include "tests/scheduler/session.hpp"

namespace interleavings {

ExploredLedger::Row ExploredLedger::row(const std::string& name) {
  return &*rows_.insert(name).first;
}

ExploredLedger::Row ExploredLedger::key_row(ledger::AccountId account, std::string_view key) {
  return row("key " + std::to_string(account) + " " + std::string(key));
}

template <typename Call>
auto ExploredLedger::step(const std::vector<Row>& rows, seam::Access how, const Call& call) const {
  watch();
  if (auto* const session = dynamic_cast<explore::Session*>(seam::scheduler)) {
    for (const Row row : rows) session->name_object(row, *static_cast<const std::string*>(row));
    session->access_all(rows, how);
  }
  const Unscheduled alone;
  return call();
}

void ExploredLedger::watch() const {
  const Unscheduled alone;
  int state = PTHREAD_CANCEL_DISABLE;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
  const auto* const request = cancel::Request::current();
  // While glibc unwinds a thread its state stays enabled, but it cannot be cancelled again.
  const bool unwinds = request != nullptr && request->stage() == cancel::Stage::cancelling;
  if (state != PTHREAD_CANCEL_DISABLE && !unwinds) {
    fail_("pthread_cancel cannot interrupt the store");
  }
}

void ExploredLedger::watch_change() const {
  watch();
  const Unscheduled alone;
  const auto* const request = cancel::Request::current();
  if (request != nullptr && request->stage() == cancel::Stage::running) {
    fail_("a request that can be cancelled changes nothing in the store");
  }
}

/// Only one unit can be open, and its changes are invisible before the commit: so the commit is the
/// step.
class ExploredUnit final : public ledger::UnitOfWork {
  // Above its uses, since its type is deduced.
  template <typename Call>
  auto unseen(const Call& call) {
    ledger_.watch_change();
    const Unscheduled alone;
    return call();
  }

 public:
  ExploredUnit(ExploredLedger& ledger, std::unique_ptr<ledger::UnitOfWork> behind)
      : ledger_(ledger), behind_(std::move(behind)) {
    ++ledger_.units_;
  }
  ~ExploredUnit() override {
    const Unscheduled alone;
    behind_.reset();
    --ledger_.units_;
  }

  std::optional<ledger::Account> retrieve(ledger::AccountId id) override {
    return unseen([&] { return behind_->retrieve(id); });
  }
  ledger::TransferId store(const ledger::Posting& posting) override {
    if (posting.claim) will_change_key(posting.claim->account, posting.claim->key);
    will_change_account(posting.debit);
    will_change_account(posting.credit);
    if (posting.reverses != 0) changed_.push_back(ledger_.reversals_row());
    const ledger::TransferId id = unseen([&] { return behind_->store(posting); });
    changed_.push_back(ledger_.transfer_row(id));
    return id;
  }
  ledger::AccountId create(const ledger::Opening& opening) override {
    if (opening.claim) will_change_key(opening.claim->account, opening.claim->key);
    const ledger::AccountId id = unseen([&] { return behind_->create(opening); });
    will_change_account(id);
    return id;
  }
  void store_tombstone(ledger::AccountId account, std::string_view key,
                       ledger::Time time) override {
    will_change_key(account, key);
    unseen([&] { behind_->store_tombstone(account, key, time); });
  }
  void set_frozen(ledger::AccountId id, bool frozen) override {
    will_change_account(id);
    unseen([&] { behind_->set_frozen(id, frozen); });
  }
  std::int64_t set_pin(ledger::AccountId id, std::string_view hash) override {
    will_change_account(id);
    return unseen([&] { return behind_->set_pin(id, hash); });
  }
  std::optional<std::int64_t> count_attempt(ledger::AccountId id, std::int64_t limit) override {
    will_change_account(id);
    return unseen([&] { return behind_->count_attempt(id, limit); });
  }
  void clear_attempts(ledger::AccountId id) override {
    will_change_account(id);
    unseen([&] { behind_->clear_attempts(id); });
  }
  bool alive() const override { return behind_->alive(); }
  void commit() override {
    ledger_.watch_change();
    changed_.push_back(ledger_.row("unit"));
    ledger_.step(changed_, seam::Access::update, [&] {
      if (ledger_.refused_in_ > 0 && --ledger_.refused_in_ == 0) {
        throw ledger::StoreFailed("the disk is full");
      }
      behind_->commit();
    });
  }

 private:
  void will_change_key(ledger::AccountId account, std::string_view key) {
    changed_.push_back(ledger_.key_row(account, key));
  }
  void will_change_account(ledger::AccountId id) {
    if (id != ledger::vault) changed_.push_back(ledger_.account_row(id));
  }

  ExploredLedger& ledger_;
  std::unique_ptr<ledger::UnitOfWork> behind_;
  std::vector<const void*> changed_;
};

std::unique_ptr<ledger::UnitOfWork> ExploredLedger::begin() {
  return step({row("unit")}, seam::Access::update, [&]() -> std::unique_ptr<ledger::UnitOfWork> {
    return std::make_unique<ExploredUnit>(*this, behind_->begin());
  });
}

void ExploredLedger::tidy() {
  step({row("unit")}, seam::Access::update, [&] {
    if (units_ > 0) fail_("the writer tidies up while no other thread writes");
    behind_->tidy();
  });
}

std::optional<ledger::Account> ExploredLedger::account(ledger::AccountId id) {
  return step({account_row(id)}, seam::Access::read, [&] { return behind_->account(id); });
}
ledger::AccountId ExploredLedger::last_account() {
  return behind_->last_account();  // before the run: the bank reads it when it is made
}
std::optional<ledger::Pin> ExploredLedger::pin(ledger::AccountId id) {
  return step({account_row(id)}, seam::Access::read, [&] { return behind_->pin(id); });
}
std::optional<ledger::KeyRecord> ExploredLedger::key(ledger::AccountId account,
                                                     std::string_view key) {
  return step({key_row(account, key), reversals_row()}, seam::Access::read,
              [&] { return behind_->key(account, key); });
}
std::optional<ledger::Transfer> ExploredLedger::transfer(ledger::TransferId id) {
  return step({transfer_row(id), reversals_row()}, seam::Access::read,
              [&] { return behind_->transfer(id); });
}
std::optional<ledger::Transfer> ExploredLedger::reversal_of(ledger::TransferId id) {
  return step({reversals_row()}, seam::Access::read, [&] { return behind_->reversal_of(id); });
}
std::vector<ledger::Transfer> ExploredLedger::history(ledger::AccountId id,
                                                      ledger::TransferId before,
                                                      std::int64_t limit) {
  return step({account_row(id)}, seam::Access::read,
              [&] { return behind_->history(id, before, limit); });
}
std::unique_ptr<ledger::Audit> ExploredLedger::audit() {
  return step({row("unit")}, seam::Access::read, [&] { return behind_->audit(); });
}
std::unique_ptr<ledger::Scan> ExploredLedger::backup(const std::string& path) {
  return step({row("unit")}, seam::Access::read, [&] { return behind_->backup(path); });
}

}  // namespace interleavings
