#include "tests/db/memory/scan.hpp"

#include <utility>

#include "db/rules.hpp"

namespace ledger {
namespace {

// Small, so that a scan of few rows takes several batches.
constexpr std::size_t batch = 4;

}  // namespace

bool MemoryAudit::next(const KeepGoing& keep_going) {
  if (done_) return false;
  if (!keep_going()) return true;
  if (transfers()) return true;
  rest();
  done_ = true;
  return false;
}

bool MemoryAudit::transfers() {
  auto at = books_.transfers.upper_bound(last_transfer_);
  for (std::size_t seen = 0; seen < batch && at != books_.transfers.end(); ++seen, ++at) {
    const Transfer& row = at->second;
    const AccountId owner = account_of_key(row.kind, row.debit, row.credit);
    recount_.add(row, copied(find(books_.keys, Books::KeyName(owner, row.key))),
                 copied(find(books_.transfers, row.reverses)));
    last_transfer_ = row.id;
  }
  return at != books_.transfers.end();
}

void MemoryAudit::rest() {
  for (const auto& [id, row] : books_.accounts) recount_.add(row);
  recount_.finish_accounts();
  for (const auto& [name, row] : books_.keys) {
    recount_.add(row, copied(find(books_.transfers, row.transfer)),
                 copied(find(books_.accounts, row.reply)));
  }
}

MemoryBackup::MemoryBackup(std::shared_ptr<MemoryDisk> disk, Books books, std::string path)
    : disk_(std::move(disk)),
      books_(std::move(books)),
      path_(std::move(path)),
      rows_left_(books_.accounts.size() + books_.transfers.size() + books_.keys.size()) {}

bool MemoryBackup::next(const KeepGoing& keep_going) {
  if (done_) return false;
  if (!keep_going()) return true;
  if (rows_left_ > batch) {
    rows_left_ -= batch;
    return true;
  }
  const seam::Lock lock(disk_->mutex_);
  if (!disk_->copies_.emplace(path_, books_).second)
    throw BadPath("the path exists already; choose another");
  done_ = true;
  return false;
}

}  // namespace ledger
