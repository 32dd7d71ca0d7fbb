#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory_resource>
#include <stdexcept>
#include <string>
#include <vector>

#include <gnu/libc-version.h>
#include <pthread.h>
#include <sched.h>
#include <sqlite3.h>
#include <unistd.h>

#include "client/lesson/child.hpp"
#include "client/lesson/lost_bytes.hpp"
#include "client/lesson/page.hpp"

#ifdef __SANITIZE_ADDRESS__
extern "C" void __asan_handle_no_return(void);
#endif

namespace lesson {

namespace {

using Body = std::function<void()>;

thread_local int before = 0;  // where the setters put the old state or type

void guard(const Body& call) {
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
  call();
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
  pthread_testcancel();  // a point of one's own
}

void* with_cancel_pending(void* body) {
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
  pthread_cancel(pthread_self());
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
  (*static_cast<Body*>(body))();
  return nullptr;
}

// Runs the body on a thread that has a cancel pending, so that its first point strikes. Returns
// whether the thread ended as cancelled.
bool run_cancelled(Body body) {
  pthread_t thread;
  void* result = nullptr;
  pthread_create(&thread, nullptr, with_cancel_pending, &body);
  pthread_join(thread, &result);
  return result == PTHREAD_CANCELED;
}

sqlite3* bank = nullptr;

void execute(const char* sql) {
  sqlite3_exec(bank, sql, nullptr, nullptr, nullptr);
}

void deposit() {
  execute("UPDATE account SET balance = balance + 25");
}

// Opens a bank in a file that has no name any more. Serialized: each connection has a mutex.
void open_bank() {
  std::string path = std::filesystem::temp_directory_path() / "atm-lesson-XXXXXX";
  close(mkstemp(path.data()));
  sqlite3_open_v2(path.c_str(), &bank, SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX, nullptr);
  std::filesystem::remove(path);
  execute("PRAGMA journal_mode = MEMORY; CREATE TABLE account AS SELECT 100 AS balance");
}

// A thread is cancelled in its deposit. Then main makes one of 10 over the same connection.
void deposit_after(const Body& cancelled) {
  open_bank();
  std::puts(run_cancelled(cancelled) ? "cancelled" : "not cancelled");
  std::fflush(stdout);
  const auto print = [](void*, int, char** columns, char**) {
    return std::puts(columns[0]) < 0 ? 1 : 0;
  };
  sqlite3_exec(bank, "UPDATE account SET balance = balance + 10 RETURNING balance", print, nullptr,
               nullptr);
  sqlite3_close(bank);
}

void call_library() {
#ifdef __SANITIZE_ADDRESS__
  __asan_handle_no_return();  // it does not see that a cancel removes frames
#endif
  pthread_testcancel();
}

void swallow() {
  try {
    call_library();
  } catch (...) {
    std::puts("unknown error");
  }
}

void pass_on() {
  try {
    call_library();
  } catch (...) {
    std::puts("unknown error");
    throw;
  }
}

struct Journal {
  ~Journal() { call_library(); }
};

void close_journal() {
  const Journal journal;
}

void flush() noexcept {
  call_library();
}

struct Account {
  int balance = 100;
  std::pmr::vector<int> history;
};

void transfer(Account& from, Account& to) {
  from.balance -= 20;  // from here on it relies on having no point
  from.history.push_back(-20);
  to.balance += 20;
}

class Traced : public std::pmr::monotonic_buffer_resource {
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    call_library();  // writes a trace
    return monotonic_buffer_resource::do_allocate(bytes, alignment);
  }
};

// Returns how much money is left when a transfer was cancelled.
int left_after(bool traced, bool guarded) {
  Traced trace;
  auto* const usual = std::pmr::get_default_resource();
  if (traced) std::pmr::set_default_resource(&trace);
  Account anna, ben;
  std::pmr::set_default_resource(usual);
  const Body body = [&] { transfer(anna, ben); };
  run_cancelled(guarded ? [&] { guard(body); } : body);
  return anna.balance + ben.balance;
}

void sqlite(Page& page) {
  page.text(
      "Most code that a thread runs is from elsewhere, and a cancel strikes at the first point "
      "in it. This thread has a cancel pending when it calls SQLite:");
  page.code("deposit");
  const Question found = page.ask(
      "The thread is cancelled and joined. Main then deposits 10 over the same connection. "
      "Of 100, does "
      "main get 110, 135, an error, or nothing, because main hangs?",
      {"110", "135", "error", "nothing"});
  const Ended careless = run_in_child([] { deposit_after(deposit); }, std::chrono::seconds(2));
  page.answer(found, careless.timed_out ? "nothing" : "error",
              "sqlite3_exec locks the mutex of the connection, then reads and writes the file; "
              "read() and write() are points. SQLite pushes no cleanup, so its mutex is locked for "
              "ever.",
              {{"110", "No code was left to undo the 25."},
               {"135", "No thread was left to go on with the 25."},
               {"error", "SQLite does not know that its thread is dead."}});
  page.verify("the careless thread was cancelled", careless.output == "cancelled\n");
  page.text(
      "So disable cancellation around the call, which then has to end by itself. A point of your "
      "own follows it:");
  page.code("guard");
  const Ended guarded = run_in_child([] { deposit_after([] { guard(deposit); }); });
  page.measured("guard(deposit): ", guarded.output.substr(0, guarded.output.find('\n')),
                ", after the deposit. Main gets ", guarded.output.substr(10));
  page.verify("the guarded thread was cancelled after its deposit",
              guarded.done() && guarded.output == "cancelled\n135\n");
}

void reading(Page& page) {
  page.text(
      "This thread waits in read(). Main writes one byte into the pipe and cancels the thread at "
      "once; a hundred times.");
  page.code({"receive", "poll_and_receive"}, "client/lesson/lost_bytes.cpp");
  const Question where =
      page.ask("A thread was cancelled in receive(). Where is the byte?", {"pipe", "nowhere"});
  const Bytes careless = send_bytes(false), guarded = send_bytes(true);
  const auto row = [](const char* name, const Bytes& bytes) {
    return std::vector<std::string>{name, std::to_string(bytes.received),
                                    std::to_string(bytes.in_pipe), std::to_string(bytes.lost)};
  };
  page.table({{"the byte is", "received", "in the pipe", "nowhere"},
              row("receive", careless),
              row("poll_and_receive", guarded)});
  const std::string version = gnu_get_libc_version();
  page.answer(
      where, careless.lost > 0 ? "nowhere" : "pipe",
      "POSIX wants the byte to stay in the pipe. But glibc before 2.41 may strike when the kernel "
      "has handed the byte over and read() has not returned (bug 12683). This is " +
          version + ". poll() takes nothing, so nothing is lost in it.",
      {{"pipe", "POSIX promises that it stays there."}, {"nowhere", "POSIX forbids losing it."}});
  page.verify("glibc loses bytes before 2.41, and only then",
              (careless.lost > 0) == (strverscmp(version.c_str(), "2.41") < 0));
  page.verify("no byte is lost if poll comes first",
              guarded.lost == 0 && guarded.received + guarded.in_pipe == 100);
}

void frames(Page& page) {
  page.text("A cancel unwinds the stack by force, through code that may not expect it:");
  page.code("swallow");
  const Question ends = page.ask("A thread is cancelled in call_library(). What ends?",
                                 {"nothing", "thread", "process"});
  std::vector<std::vector<std::string>> rows{{"cancelled in", "the process", "repaired by", ""}};
  const auto compare = [&](const char* name, const Body& careless, const char* repair,
                           const Body& repaired) {
    Ended dies = run_in_child([&] { run_cancelled(careless); });
    const Ended lives = run_in_child([&] {
      if (!run_cancelled(repaired)) throw std::logic_error("not cancelled");
    });
    rows.push_back({name, dies.spelled(), repair, lives.done() ? "lives" : lives.spelled()});
    page.verify(std::string(name) + " ends the process", dies.signal == SIGABRT);
    page.verify(std::string(repair) + " ends the thread only", lives.done());
    return dies;
  };
  const Ended swallowed = compare("catch (...)", swallow, "throw;", pass_on);
  compare("a destructor", close_journal, "guard(close_journal)", [] { guard(close_journal); });
  compare("noexcept code", flush, "guard(flush)", [] { guard(flush); });
  page.table(rows);
  const std::string why = "FATAL: exception not rethrown";
  page.verify("glibc says why", swallowed.output.find(why) != why.npos);
  page.answer(
      ends, swallowed.signal == SIGABRT ? "process" : "thread",
      "glibc says \"" + why +
          "\": no handler may stop a forced unwind, nor may the unwind leave a noexcept function.",
      {{"nothing", "A handler can end an exception, but not a cancel."},
       {"thread", "For only the thread to end, the handler would have to rethrow with throw;."}});
}

void no_points(Page& page) {
  page.text(
      "Code may rely on having no point, and must say so in a comment. push_back allocates, and "
      "malloc is no point (lesson 6). But a routine can be replaced. To find a leak, "
      "main installs a "
      "memory resource that writes a trace of each allocation:");
  page.code("transfer");
  const int usual = left_after(false, false), traced = left_after(true, false);
  const int guarded = left_after(true, true);
  page.measured("Left of 200 after a cancel: ", usual, "; with the trace ", traced,
                ", and with guard() ", guarded, ".");
  page.verify("the trace loses money, the guard does not",
              usual == 200 && traced == 180 && guarded == 200);
}

}  // namespace

void libraries(Page& page) {
  sqlite(page);
  reading(page);
  frames(page);
  no_points(page);
  page.where("server/seam/window.cpp", "window_wait", "the one call that can be cancelled");
  page.where("server/cancel/mutex.cpp", "request.expect_push()", "says so; pass() checks it");
  page.next("delete line " + std::to_string(page.line("pass_on", "unknown error") + 1) +
            ", scripts/build, atm lesson 7 --check; then atm lesson 8");
}

}  // namespace lesson
