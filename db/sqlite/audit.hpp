#pragma once

/// The audit of an SQLite file: one read transaction on its own connection.

#include <string>
#include <vector>

#include "db/ledger.hpp"
#include "db/recount.hpp"
#include "db/sqlite/reader.hpp"

namespace ledger {

class SqliteAudit : public Audit {
 public:
  /// Takes its snapshot of the file. Throws SqlError.
  explicit SqliteAudit(const Source& source);

  bool next(const KeepGoing& keep_going) override;
  const AuditReport& report() const override { return recount_.report(); }

 private:
  enum class Stage { transfers, accounts, keys, file, references, done };

  void advance();
  bool transfers();
  bool accounts();
  bool keys();
  bool file();
  std::vector<std::string> check_file();
  bool references();

  Reader reader_;
  Statement transfers_;
  Statement accounts_;
  Statement keys_;
  Recount recount_;
  Stage stage_ = Stage::transfers;
  TransferId last_transfer_ = 0;
  AccountId last_account_ = 0;
  KeyRecord last_key_;
};

}  // namespace ledger
