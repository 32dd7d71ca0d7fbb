#pragma once

/// The audit of an SQLite file. Each step reads a short snapshot of its own, so that the log can
/// restart between steps, however large the ledger is.

#include <array>
#include <string>
#include <vector>

#include "db/ledger.hpp"
#include "db/recount.hpp"
#include "db/sqlite/chains.hpp"
#include "db/sqlite/reader.hpp"

namespace ledger {

class SqliteAudit : public Audit {
 public:
  /// Notes the last transfer and the last account: rows after them are checked but not counted.
  /// Throws SqlError, StoreFailed.
  explicit SqliteAudit(const Source& source);

  bool next(const KeepGoing& keep_going) override;
  const AuditReport& report() const override { return recount_.report(); }

 private:
  // The stages. Each does one step and returns whether it has more to do.
  bool transfers();
  bool accounts();
  bool pins();
  bool keys();
  bool pages();

  void report(const std::string& violation);
  std::vector<std::string> check_pages(const std::string& table);
  bool to_next_table();

  using Stage = bool (SqliteAudit::*)();
  static constexpr std::array<Stage, 5> stages{&SqliteAudit::transfers, &SqliteAudit::accounts,
                                               &SqliteAudit::pins, &SqliteAudit::keys,
                                               &SqliteAudit::pages};

  const std::int64_t longest_log_growth_;
  Reader reader_;
  Statement transfers_;
  Statement accounts_;
  Statement pins_;
  Statement keys_;
  Recount recount_;
  Chains chains_;
  std::size_t stage_ = 0;
  TransferId last_transfer_;
  AccountId last_account_;
  AccountId last_pin_;
  KeyRecord last_key_;
  std::size_t next_table_ = 0;
  bool damaged_transfers_ = false;
};

}  // namespace ledger
