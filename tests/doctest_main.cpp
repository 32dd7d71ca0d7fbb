/// The runner of every test program, with a watchdog: a case that does not end is named and
/// aborted.

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <string>

#include <doctest/doctest.h>
#include <unistd.h>

namespace {

// Below the time limit of a test program, so that the watchdog is first. A case can set its own
// with doctest::timeout().
constexpr double default_limit_s = 240;

/// The line that the signal handler writes: prepared before, because a handler may not allocate.
std::array<char, 512> report{};
std::size_t report_size = 0;

void abort_case(int) {
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, report.data(), report_size);
  std::signal(SIGABRT, SIG_DFL);  // doctest's handler would report the crash once more
  std::abort();
}

class Watchdog final : public doctest::IReporter {
 public:
  explicit Watchdog(const doctest::ContextOptions&) {}

  void test_case_start(const doctest::TestCaseData& test) override {
    test_ = &test;
    subcases_.clear();
    const double limit_s = test.m_timeout > 0 ? test.m_timeout : default_limit_s;
    describe(limit_s);
    std::signal(SIGALRM, abort_case);
    alarm(static_cast<unsigned>(limit_s));  // not inherited by the children of a fork
  }
  void test_case_end(const doctest::CurrentTestCaseStats&) override { alarm(0); }
  void test_case_reenter(const doctest::TestCaseData& test) override { test_case_start(test); }
  void subcase_start(const doctest::SubcaseSignature& subcase) override {
    subcases_ += std::string(" / ") + subcase.m_name.c_str();
    describe(0);
  }
  void subcase_end() override {}

  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats&) override {}
  void test_case_exception(const doctest::TestCaseException&) override {}
  void log_assert(const doctest::AssertData&) override {}
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}

 private:
  void describe(double limit_s) {
    if (limit_s > 0) limit_ = std::to_string(static_cast<int>(limit_s));
    const std::string line = std::string(test_->m_file.c_str()) + ":" +
                             std::to_string(test_->m_line) + ": the test case \"" + test_->m_name +
                             subcases_ + "\" has not ended after " + limit_ + " s\n";
    report_size = std::min(line.size(), report.size());
    std::copy_n(line.begin(), report_size, report.begin());
  }

  const doctest::TestCaseData* test_ = nullptr;
  std::string subcases_;
  std::string limit_;
};

}  // namespace

DOCTEST_REGISTER_LISTENER("watchdog", 1, Watchdog);
