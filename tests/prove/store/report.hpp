#pragma once

/// The output of this program: violations as they are found, and a row at the end of every check.
/// Used by one thread at a time.

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace prove {

struct Options {
  bool full = false;
  unsigned seed = 1;
  std::string only;  // a part of a check's name
  std::string one;   // the only case to run; empty: all
};

/// Sentences that do not hold.
using Findings = std::vector<std::string>;

class Report {
 public:
  Report(std::string program, Options options);
  ~Report();
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;

  const Options& options() const { return options_; }
  /// Returns whether the check must run.
  bool wants(const std::string& check) const;
  /// Returns whether any case whose label begins with this must run.
  bool wants_group(const std::string& label) const;

  /// Begins a check.
  void begin(const std::string& check);
  /// Begins a case: findings belong to it from now on. If no other case begins within two minutes,
  /// reports that as a violation and ends the program, because a hanging run cannot be stopped.
  void begin_case(const std::string& label);
  /// Counts the case as one run of the real code.
  void count_case() { ++cases_; }
  std::int64_t cases() const { return cases_; }
  /// Reports the sentence as a violation of the case unless it holds; once for each sentence and
  /// case.
  void require(bool holds, const std::string& sentence);
  /// Reports each sentence as a violation of the case.
  void add(const Findings& sentences);
  /// Reports a violation if the event has not happened in any case. Does nothing if one case runs.
  void require_some(std::int64_t times, const std::string& event);
  /// Ends the check with its row.
  void end(const std::string& explored, const std::string& remark = {});
  /// Prints progress for people, to standard error.
  void print_progress(const std::string& text) const;

  bool found_any() const { return all_violations_ > 0; }

 private:
  bool wants_case(const std::string& label) const;
  void violation(const std::string& label, const std::string& sentence);
  void watch();

  const std::string program_;
  const Options options_;
  std::string check_;
  std::int64_t cases_ = 0;
  std::int64_t violations_ = 0;
  std::int64_t all_violations_ = 0;
  std::set<std::string> reported_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::int64_t begun_ = 0;  // cases of all checks
  std::string case_;
  std::thread watch_;
};

}  // namespace prove
