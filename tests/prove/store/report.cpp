#include "tests/prove/store/report.hpp"

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <utility>

namespace prove {

Report::Report(std::string program, Options options)
    : program_(std::move(program)), options_(std::move(options)), watch_([this] { watch(); }) {}

Report::~Report() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_one();
  watch_.join();
}

void Report::begin_case(const std::string& label) {
  const std::lock_guard lock(mutex_);
  ++begun_;
  case_ = label;
}

void Report::require(bool holds, const std::string& sentence) {
  if (!holds) violation(case_, sentence);
}

void Report::add(const Findings& sentences) {
  for (const std::string& sentence : sentences) violation(case_, sentence);
}

void Report::watch() {
  std::unique_lock lock(mutex_);
  for (;;) {
    const std::int64_t begun = begun_;
    if (changed_.wait_for(lock, std::chrono::minutes(2), [this] { return over_; })) return;
    if (begun != begun_) continue;
    violation(case_, "every case ends within two minutes");
    std::_Exit(1);
  }
}

bool Report::wants(const std::string& check) const {
  return check.find(options_.only) != check.npos;
}

bool Report::wants_group(const std::string& label) const {
  return (options_.one + "/").starts_with(label + "/") || wants_case(label);
}

bool Report::wants_case(const std::string& label) const {
  return options_.one.empty() || (label + "/").starts_with(options_.one + "/");
}

void Report::begin(const std::string& check) {
  check_ = check;
  cases_ = 0;
  violations_ = 0;
  reported_.clear();
}

void Report::violation(const std::string& label, const std::string& sentence) {
  if (!wants_case(label) || !reported_.insert(label + sentence).second) return;
  ++violations_;
  ++all_violations_;
  std::cout << "violation\t" << check_ << '\t' << label << ": " << sentence << '\t' << program_
            << (options_.full ? " --full" : "") << " --seed " << options_.seed << " --only "
            << check_ << " --case " << label << std::endl;
}

void Report::require_some(std::int64_t times, const std::string& event) {
  if (options_.one.empty() && times == 0) violation("all", event + " at least once");
}

void Report::end(const std::string& explored, const std::string& remark) {
  std::cout << "row\t" << check_ << '\t' << explored << '\t' << cases_ << '\t' << violations_
            << '\t' << remark << std::endl;
}

void Report::print_progress(const std::string& text) const {
  std::cerr << text << std::endl;
}

}  // namespace prove
