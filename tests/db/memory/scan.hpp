#pragma once

/// The long reads of the ledger in memory. Each works on a copy of the rows made at its start.

#include <memory>
#include <string>

#include "db/ledger.hpp"
#include "db/recount.hpp"
#include "tests/db/memory/books.hpp"
#include "tests/db/memory/memory_ledger.hpp"

namespace ledger {

class MemoryAudit : public Audit {
 public:
  explicit MemoryAudit(Books books) : books_(std::move(books)) {}

  bool next(const KeepGoing& keep_going) override;
  const AuditReport& report() const override { return recount_.report(); }

 private:
  bool transfers();
  void rest();

  const Books books_;
  Recount recount_;
  TransferId last_transfer_ = 0;
  bool done_ = false;
};

class MemoryBackup : public Scan {
 public:
  MemoryBackup(std::shared_ptr<MemoryDisk> disk, Books books, std::string path);

  bool next(const KeepGoing& keep_going) override;

 private:
  const std::shared_ptr<MemoryDisk> disk_;
  const Books books_;
  const std::string path_;
  std::size_t rows_left_;
  bool done_ = false;
};

}  // namespace ledger
