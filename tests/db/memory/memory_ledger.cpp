#include "tests/db/memory/memory_ledger.hpp"

#include <utility>

#include "db/rules.hpp"
#include "tests/db/memory/scan.hpp"
#include "tests/db/memory/unit.hpp"

namespace ledger {

class MemoryLedger : public Ledger {
  // Defined before their uses, because their types are deduced.
  template <typename Query>
  auto read(Query query) {
    const seam::Lock lock(disk_->mutex_);
    if (disk_->read_failure_.due()) throw StoreFailed("planned failure of a read");
    return query(disk_->books_);
  }
  Books snapshot() {
    return read([](const Books& books) { return books; });
  }

 public:
  explicit MemoryLedger(std::shared_ptr<MemoryDisk> disk) : disk_(std::move(disk)) {
    const seam::Lock lock(disk_->mutex_);
    if (disk_->in_use_) throw OpenFailed("another ledger is open on this disk");
    disk_->in_use_ = true;
    disk_->outcome_unknown_ = false;
    disk_->books_.apply(std::exchange(disk_->after_restart_, Books()));
    start_number_ = ++disk_->books_.starts;
  }
  ~MemoryLedger() override {
    const seam::Lock lock(disk_->mutex_);
    disk_->in_use_ = false;
  }

  std::int64_t start_number() const override { return start_number_; }
  std::string version() const override { return "memory"; }
  void tidy() override {}

  std::unique_ptr<UnitOfWork> begin() override { return std::make_unique<MemoryUnit>(*disk_); }

  std::optional<Account> account(AccountId id) override {
    return read([&](const Books& books) { return copied(find(books.accounts, id)); });
  }
  AccountId last_account() override {
    return read([](const Books& books) {
      return books.accounts.empty() ? 0 : books.accounts.rbegin()->first;
    });
  }
  std::optional<Pin> pin(AccountId id) override {
    return read([&](const Books& books) { return copied(find(books.pins, id)); });
  }
  std::optional<KeyRecord> key(AccountId account, std::string_view key) override {
    const Books::KeyName name(account, key);
    return read([&](const Books& books) { return books.key(name); });
  }
  std::optional<Transfer> transfer(TransferId id) override {
    return read([&](const Books& books) { return books.transfer(id); });
  }
  std::optional<Transfer> reversal_of(TransferId id) override {
    return read([&](const Books& books) {
      const TransferId* by = find(books.reversals, id);
      return by == nullptr ? std::nullopt : books.transfer(*by);
    });
  }
  std::vector<Transfer> history(AccountId id, TransferId before, std::int64_t limit) override {
    return read([&](const Books& books) { return books.history(id, before, limit); });
  }

  std::unique_ptr<Audit> audit() override { return std::make_unique<MemoryAudit>(snapshot()); }

  std::unique_ptr<Scan> backup(const std::string& path) override {
    checked_path(path);
    {
      const seam::Lock lock(disk_->mutex_);
      if (disk_->copies_.contains(path)) throw BadPath("the path exists already; choose another");
    }
    return std::make_unique<MemoryBackup>(disk_, snapshot(), path);
  }

 private:
  const std::shared_ptr<MemoryDisk> disk_;
  std::int64_t start_number_ = 0;
};

void MemoryDisk::fail_begin(int successes) {
  const seam::Lock lock(mutex_);
  begin_failure_.plan({}, successes);
}

void MemoryDisk::fail_read(int successes) {
  const seam::Lock lock(mutex_);
  read_failure_.plan({}, successes);
}

void MemoryDisk::fail_store(int successes) {
  const seam::Lock lock(mutex_);
  store_failure_.plan({}, successes);
}

void MemoryDisk::fail_commit(CommitFailure how, int successes) {
  const seam::Lock lock(mutex_);
  commit_failure_.plan(how, successes);
}

std::shared_ptr<MemoryDisk> MemoryDisk::copy_at(const std::string& path) {
  const seam::Lock lock(mutex_);
  const Books* found = find(copies_, path);
  if (found == nullptr) return nullptr;
  auto disk = std::make_shared<MemoryDisk>();
  const seam::Lock its_lock(disk->mutex_);
  disk->books_ = *found;
  return disk;
}

std::unique_ptr<Ledger> make_memory_ledger(std::shared_ptr<MemoryDisk> disk) {
  if (disk == nullptr) disk = std::make_shared<MemoryDisk>();
  return std::make_unique<MemoryLedger>(std::move(disk));
}

}  // namespace ledger
