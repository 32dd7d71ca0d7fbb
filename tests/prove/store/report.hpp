#pragma once

/// What this program says: violations as they are found, a row for every check in the end.

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace prove {

struct Options {
  bool full = false;
  unsigned seed = 1;
  std::string only;  // a part of a check's name
  std::string one;   // the one case to run; empty: all
};

class Report {
 public:
  Report(std::string program, Options options);
  ~Report();
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;

  const Options& options() const { return options_; }
  /// Whether the check is to run.
  bool wants(const std::string& check) const;
  /// Whether any case whose label begins so is to run, and whether just this one is to be told of.
  bool wants_group(const std::string& label) const;
  bool wants_case(const std::string& label) const;

  /// Begins a check.
  void begin(const std::string& check);
  /// The case that runs from now on: one more run of the real code. If the next does not begin
  /// within two minutes, that is a violation, and the program ends: what hangs cannot be undone.
  void run(const std::string& label);
  std::int64_t cases() const { return cases_; }
  /// What does not hold in the case; told once for each sentence and label.
  void violation(const std::string& label, const std::string& sentence);
  /// That what is looked for has come about at all; not asked of a single case.
  void require_some(std::int64_t times, const std::string& what);
  /// Ends the check with its row.
  void end(const std::string& explored, const std::string& remark = {});
  /// To people.
  void tell(const std::string& text) const;

  bool found_any() const { return all_violations_ > 0; }

 private:
  void watch();

  const std::string program_;
  const Options options_;
  std::string check_;
  std::int64_t cases_ = 0;
  std::int64_t violations_ = 0;
  std::int64_t all_violations_ = 0;
  std::set<std::string> told_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::int64_t begun_ = 0;  // cases, of all checks
  std::string running_;
  std::thread watch_;
};

}  // namespace prove
