#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <unistd.h>

#include "client/lesson/child.hpp"
#include "client/lesson/crew.hpp"
#include "client/lesson/page.hpp"

namespace lesson {

namespace {

int last_error = 0;  // a plain global, shared by all threads
pthread_barrier_t both;

struct Found {
  int in_errno = 0;
  int in_global = 0;
};

void* open_missing_file(void* argument) {
  last_error = open("/no/such/file", O_RDONLY) < 0 ? errno : 0;
  pthread_barrier_wait(&both);  // the other thread fails here
  pthread_barrier_wait(&both);
  *static_cast<Found*>(argument) = {errno, last_error};
  return nullptr;
}

void* close_nothing(void*) {
  pthread_barrier_wait(&both);
  last_error = close(-1) < 0 ? errno : 0;
  pthread_barrier_wait(&both);
  return nullptr;
}

void run_thread(void* (*body)(void*), void* argument = nullptr) {
  pthread_t thread;
  pthread_create(&thread, nullptr, body, argument);
  pthread_join(thread, nullptr);
}

void run_and_cancel(void* (*body)(void*)) {
  pthread_t thread;
  pthread_create(&thread, nullptr, body, nullptr);
  pthread_cancel(thread);
  pthread_join(thread, nullptr);
}

// One value for each thread, by hand.
pthread_mutex_t notes_mutex = PTHREAD_MUTEX_INITIALIZER;
std::map<pthread_t, int> notes;

int& own_note() {
  pthread_mutex_lock(&notes_mutex);
  int& note = notes[pthread_self()];
  pthread_mutex_unlock(&notes_mutex);
  return note;
}

void* add_to_note(void* found) {
  *static_cast<int*>(found) = own_note();
  own_note() += 7;
  return nullptr;
}

pthread_key_t stubborn;
std::string order;  // of what ran at the end of a thread

void set_again(void* value) {
  order += " destructor";
  pthread_setspecific(stubborn, value);
}

void note_cleanup(void*) {
  order += " cleanup";
}

void* have_value(void*) {
  static int value = 0;
  pthread_setspecific(stubborn, &value);
  pthread_cleanup_push(note_cleanup, nullptr);
  for (;;) pthread_testcancel();
  pthread_cleanup_pop(0);
  return nullptr;
}

// A database in memory, which all connections of the process share.
std::atomic<int> opened = 0;
std::atomic<int> closed = 0;

sqlite3* open_bank() {
  sqlite3* bank = nullptr;
  sqlite3_open_v2("file:/bank?vfs=memdb", &bank,
                  SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI, nullptr);
  ++opened;
  return bank;
}

void close_bank([[maybe_unused]] void* bank) {
  sqlite3_close(static_cast<sqlite3*>(bank));
  ++closed;
}

std::string execute(sqlite3* bank, const char* sql) {
  return sqlite3_exec(bank, sql, nullptr, nullptr, nullptr) == SQLITE_OK ? "done"
                                                                         : sqlite3_errmsg(bank);
}

constexpr const char* add_25 = "BEGIN IMMEDIATE; UPDATE account SET balance = balance + 25";
constexpr const char* add_10 = "UPDATE account SET balance = balance + 10";

pthread_key_t connection;

sqlite3* own_connection() {
  void* own = pthread_getspecific(connection);
  if (own == nullptr) {
    own = open_bank();
    pthread_setspecific(connection, own);
  }
  return static_cast<sqlite3*>(own);
}

void* deposit(void*) {
  execute(own_connection(), add_25);
  for (;;) pthread_testcancel();  // on the way to the COMMIT
}

// Cancels a deposit, then makes one over another connection. Returns what came of the second.
std::string deposit_after_cancel(void (*destructor)(void*)) {
  pthread_key_create(&connection, destructor);
  sqlite3* const main = open_bank();
  execute(main, "CREATE TABLE account AS SELECT 100 AS balance");
  run_and_cancel(deposit);
  std::string result = execute(main, add_10);
  close_bank(main);
  pthread_key_delete(connection);
  return result;
}

// The same as a C++ object.
struct Connection {
  sqlite3* bank = open_bank();
  ~Connection() { close_bank(bank); }
};
thread_local Connection own;

void roll_back(void* bank) noexcept {
  execute(static_cast<sqlite3*>(bank), "ROLLBACK");
}

void deposit_task(Task& task) {
  execute(own.bank, add_25);
  const cancel::Cleanup undo(task, {"roll back"}, roll_back, own.bank);
  task.wait_for_ever();
}

void plain_global(Page& page) {
  page.text(
      "errno is one name for many values, one for each thread. last_error is a plain global. "
      "Between the two barriers another thread fails to close(-1), with EBADF, and sets "
      "last_error, too:");
  page.code("open_missing_file");
  const Question value =
      page.ask("The file is missing: ENOENT. What does this thread find in last_error?",
               {"ENOENT", "EBADF"});
  Found found;
  pthread_barrier_init(&both, nullptr, 2);
  pthread_t first;
  pthread_create(&first, nullptr, open_missing_file, &found);
  run_thread(close_nothing);
  pthread_join(first, nullptr);
  pthread_barrier_destroy(&both);
  const std::string in_errno = strerrorname_np(found.in_errno);
  const std::string in_global = strerrorname_np(found.in_global);
  page.verify("errno keeps the error of its thread", in_errno == "ENOENT");
  page.answer(value, in_global, "errno still was " + in_errno + ".",
              {{"ENOENT", "It wrote ENOENT there, but then the other thread wrote EBADF."}});
}

void by_hand(Page& page) {
  page.text("One could keep a map from threads to values:");
  page.code("own_note");
  int first = -1, second = -1;
  run_thread(add_to_note, &first);
  const std::size_t left = notes.size();
  run_thread(add_to_note, &second);
  page.measured("one thread found ", first, ", added 7, and ended; entries left: ", left,
                "; the next found ", second);
  page.verify("a new thread begins with 0, and its entry outlives it", first == 0 && left == 1);
  page.text(
      "Nothing removes the entry of a thread that ended, and a new thread may get its "
      "pthread_t. A key (pthread_key_create) has a destructor instead. It runs at the end of "
      "each thread that has set a value:");
}

void rounds(Page& page) {
  page.code({"set_again", "have_value"});
  if (under_thread_sanitizer) return page.skip("ThreadSanitizer ends before the last round");
  const std::string most = std::to_string(PTHREAD_DESTRUCTOR_ITERATIONS);
  const Question times =
      page.ask("set_again sets the value again. How often does it run when the thread ends?",
               {"1", most, "endlessly"});
  pthread_key_create(&stubborn, set_again);
  run_and_cancel(have_value);
  pthread_key_delete(stubborn);
  int ran = 0;
  for (std::size_t at = 0; (at = order.find("destructor", at)) != order.npos; ++at) ++ran;
  page.measured("ran, in this order:", order);
  page.verify("the cleanup entry runs before the destructor", order.starts_with(" cleanup dest"));
  page.answer(times, std::to_string(ran),
              "A destructor may set values, so the system makes rounds until none is left, at most "
              "PTHREAD_DESTRUCTOR_ITERATIONS. A value that is left then leaks.",
              {{"1", "The value was there again after the first round."},
               {"endlessly", "If it did, a thread could never end."}});
}

void own_connections(Page& page) {
  page.text(
      "A worker has a database connection of its own, under a key. It is cancelled in the "
      "middle of a transaction. Then main makes a deposit over another connection.");
  page.code({"own_connection", "deposit"});
  const Question result =
      page.ask("The key has no destructor. How does main's deposit end?", {"done", "locked"});
  const Ended without =
      run_in_child([] { std::fputs(deposit_after_cancel(nullptr).c_str(), stdout); });
  const std::string with = deposit_after_cancel(close_bank);
  page.measured("without a destructor: ", without.output, "; with close_bank: ", with, ", ",
                opened - closed, " left open");
  page.verify("the destructor closes the connection", with == "done" && opened == closed);
  page.answer(result, without.output == "database is locked" ? "locked" : without.output,
              "The connection of the dead thread still has its transaction open. Closing it rolls "
              "the transaction back.",
              {{"done", "It is done if the key has the destructor close_bank."}});
}

void with_requests(Page& page) {
  page.text(
      "With server/cancel the thread may outlive the request (token), so a destructor comes "
      "too late for the transaction. A cleanup entry releases the request's things, and a "
      "destructor those of the thread. (own is a thread_local object.)");
  page.code("deposit_task");
  sqlite3* const main = open_bank();
  execute(main, "CREATE TABLE account AS SELECT 100 AS balance");
  Crew crew(page.mechanism(), 1);
  const int opened_before = opened;
  for (int i = 0; i < 2; ++i) {
    const auto task = crew.start(deposit_task);
    crew.run_until_ready(*task);
    crew.cancel(*task);
    crew.run_until_finished(*task);
    page.verify("main can write after the cancel", execute(main, add_10) == "done");
  }
  crew.stop();
  const int used = opened - opened_before;
  close_bank(main);
  const int left = opened - closed;
  page.measured("two deposits cancelled under ", page.mechanism(), "; connections used: ", used,
                "; open at the end: ", left);
  page.verify("token keeps the connection, posix opens one for each thread",
              used == (page.mechanism() == "posix" ? 2 : 1));
  page.verify("the threads close their connections", left == 0);
}

}  // namespace

void thread_data(Page& page) {
  plain_global(page);
  by_hand(page);
  rounds(page);
  own_connections(page);
  with_requests(page);
  page.where("server/cancel/request.cpp", "current_request", "the request of this thread");
  const int closing = page.line("close_bank", "++closed") - 1;
  page.next("delete line " + std::to_string(closing) +
            ", scripts/build, atm lesson 12 --check; then atm lesson 13");
}

}  // namespace lesson
