#include "tests/exercises/trial.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/exercises/columns.hpp"
#include "tests/scheduler/session.hpp"

namespace exercise {
namespace {

constexpr unsigned longest_trial = 30;  // seconds
constexpr std::string_view endless =
    "The run does not end: a thread asks again and again instead of waiting.";
constexpr std::string_view passed = "passed";
constexpr std::string_view rule = "fatal: a rule of the program is broken: ";

/// A file without a name, which the child writes and the parent reads.
class Note {
 public:
  Note() : file_(std::tmpfile()) {
    if (file_ == nullptr) std::perror("cannot create a temporary file"), std::exit(2);
  }
  ~Note() { std::fclose(file_); }
  Note(const Note&) = delete;
  Note& operator=(const Note&) = delete;

  int descriptor() const { return fileno(file_); }
  void write(std::string_view text) const {
    std::fwrite(text.data(), 1, text.size(), file_);
    std::fflush(file_);
  }
  std::string read() const {
    std::rewind(file_);
    std::string text;
    std::array<char, 4096> some{};
    while (const std::size_t got = std::fread(some.data(), 1, some.size(), file_)) {
      text.append(some.data(), got);
    }
    return text;
  }

 private:
  std::FILE* const file_;
};

/// The orders with few changes of the running thread come first: they are the easiest to read. A
/// small test is then run in every order, a larger one in a sample.
explore::Result explore_orders(std::size_t runs, const explore::Body& body) {
  explore::Result result;
  for (int preemptions = 0; preemptions <= 2 && !result.failure; ++preemptions) {
    result = explore::exhaustive({.most_runs = runs, .preemptions = preemptions}, body);
  }
  if (!result.failure) result = explore::exhaustive({.most_runs = runs}, body);
  if (result.complete) return result;
  if (!result.failure) result = explore::pct({}, 1, 3, runs / 2, body);
  if (!result.failure) result = explore::random({}, 2, runs / 2, body);
  return result;
}

const Note* crash_report = nullptr;

/// Writes the order that led to a crash, which happened on the thread that was running.
void report_crash(int number) {
  crash_report->write(explore::columns_so_far());
  std::signal(number, SIG_DFL);
  std::raise(number);
}

[[noreturn]] void run_here(const Trial& trial, const Note& report, const Note& errors) {
  constexpr rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  alarm(longest_trial);
  dup2(errors.descriptor(), STDERR_FILENO);
  crash_report = &report;
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE}) std::signal(number, &report_crash);
  for (const auto mechanism : {Mechanism::token, Mechanism::posix}) {
    if (mechanism == Mechanism::posix && !trial.options().posix) continue;
    const auto result = explore_orders(trial.options().runs,
                                       [&](explore::Run& run) { trial.body()(run, mechanism); });
    if (!result.failure) continue;
    report.write(result.failure->what + "\n" + result.failure->columns);
    std::fflush(nullptr);
    _exit(0);
  }
  report.write(passed);
  std::fflush(nullptr);
  _exit(0);
}

/// The rule that the program broke, if it says so.
std::string broken_rule(const std::string& errors) {
  const std::size_t from = errors.rfind(rule);
  if (from == errors.npos) return {};
  const std::size_t begin = from + rule.size();
  return "A rule of the library is broken: " +
         errors.substr(begin, errors.find('\n', begin) - begin) + ".";
}

/// Describes the end of a child that reported none.
std::string sentence_of_crash(int status, const std::string& errors) {
  if (!WIFSIGNALED(status)) return "The program ended in the middle of the test.";
  if (WTERMSIG(status) == SIGALRM) {
    return "The test has not ended after " + std::to_string(longest_trial) + " s.";
  }
  const std::string rule_sentence = broken_rule(errors);
  if (!rule_sentence.empty()) return rule_sentence;
  return std::string("The program died of SIG") + sigabbrev_np(WTERMSIG(status)) + ".";
}

}  // namespace

std::vector<const Trial*>& trials() {
  static std::vector<const Trial*> registered;
  return registered;
}

Trial::Trial(std::string_view name, const Options& options, Body body)
    : name_(name), options_(options), body_(std::move(body)) {
  trials().push_back(this);
}

Fault run(const Trial& trial) {
  const Note report;
  const Note errors;
  std::fflush(nullptr);  // the child must not print it again
  const pid_t child = fork();
  if (child == 0) run_here(trial, report, errors);
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) < 0) return {"The test could not be started.", {}};
  const std::string said = errors.read();
  std::fputs(said.c_str(), stderr);
  const std::string text = report.read();
  if (!WIFEXITED(status) || text.empty()) {
    return {sentence_of_crash(status, said), shortened(text)};
  }
  if (text == passed) return {};
  const std::size_t end = text.find('\n');
  const std::string what = text.substr(0, end);
  const std::string columns = shortened(text.substr(end + 1));
  if (what.starts_with("deadlock: ")) {
    return {std::string(trial.options().stuck),
            columns + "\nThen no thread can go on:\n\n" + waiters(what)};
  }
  if (what.starts_with("no end after")) return {std::string(endless), {}};
  return {what, columns};
}

void note(std::string_view text) {
  if (seam::scheduler != nullptr) seam::scheduler->remark(text);
}

void name(const void* object, std::string_view its_name) {
  if (auto* const session = dynamic_cast<explore::Session*>(seam::scheduler)) {
    session->name_object(object, std::string(its_name));
  }
}

}  // namespace exercise
