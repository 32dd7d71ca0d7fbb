#pragma once

/// Judging the ledger that a loss of power leaves.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/prove/store/report.hpp"
#include "tests/prove/store/script.hpp"

namespace prove {

/// The files that a loss of power leaves, and the knowledge of the customers at that moment.
struct Cut {
  std::string label;
  std::filesystem::path left;
  std::vector<Entry> entries;
  std::int64_t starts = 0;  // start numbers given so far
};

/// Compares the ledger with the replies, and removes the files.
class Aftermath {
 public:
  Aftermath(Report& report, Cut cut) : report_(report), cut_(std::move(cut)) {}

  void judge();

 private:
  void require(bool holds, const std::string& sentence) { report_.require(holds, sentence); }
  void judge(Branch& branch, const Entry& entry);
  void judge_account_marks(Branch& branch);
  bool is_true_of_reversals(const Order& order, bool undone) const;
  void ask_again(Branch& branch, Entry& entry);
  void judge_money(Branch& branch);

  Report& report_;
  Cut cut_;
};

}  // namespace prove
