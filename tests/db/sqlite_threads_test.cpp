#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "db/sqlite/sqlite_ledger.hpp"
#include "tests/db/folder.hpp"
#include "tests/db/raw.hpp"
#include "tests/db/steps.hpp"

using namespace ledger;

namespace {

constexpr Cents each_has = 1'000'000;

std::int64_t bytes(const std::filesystem::path& file) {
  struct stat found {};
  return stat(file.c_str(), &found) == 0 ? found.st_size : 0;
}

/// Returns the salt in the header of a log. It changes with each restart of the log.
std::string salt(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string mark(8, '\0');
  in.seekg(16);
  in.read(mark.data(), 8);
  return mark;
}

/// Moves money to and fro between accounts 1 and 2, one unit a time.
void move_money(Ledger& books, int rounds) {
  static std::atomic<int> key{0};
  for (int round = 0; round < rounds; ++round) {
    const Cents moved = round % 2 == 0 ? 1 : -1;
    const AccountId from = moved > 0 ? 1 : 2;
    const Cents from_has = moved > 0 ? each_has : each_has + 1;
    steps::store(books, steps::transfer(from, from_has, 3 - from, 2 * each_has - from_has, 1,
                                        std::to_string(++key)));
    books.tidy();
  }
}

/// Two readers that take turns, so that one is always active from before a commit until after it.
/// Without commits neither stays.
class Relay {
 public:
  explicit Relay(const std::filesystem::path& file) {
    for (std::size_t me : {0U, 1U}) {
      runners_.emplace_back([this, file, me] { run(file, me); });
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return begun_[0] > 0 && begun_[1] > 0; });
  }
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  ~Relay() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    changed_.notify_all();
    for (std::thread& runner : runners_) runner.join();
  }
  void note_commit() {
    const std::lock_guard lock(mutex_);
    ++commits_;
    changed_.notify_all();
  }

 private:
  void run(const std::filesystem::path& file, std::size_t me) {
    Raw raw(file);
    std::unique_lock lock(mutex_);
    while (!stop_) {
      lock.unlock();
      raw.try_run("BEGIN; SELECT * FROM meta;");
      lock.lock();
      ++begun_.at(me);
      changed_.notify_all();
      const int others = begun_.at(1 - me);
      const int commits = commits_;
      changed_.wait_for(lock, std::chrono::milliseconds(10), [&] {
        return stop_ || (begun_.at(1 - me) > others && commits_ > commits);
      });
      lock.unlock();
      raw.try_run("COMMIT");
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<int, 2> begun_{};
  int commits_ = 0;
  bool stop_ = false;
  std::vector<std::thread> runners_;
};

}  // namespace

TEST_CASE("Readers see whole commits only while one thread writes and checkpoints") {
  const Folder folder;
  const auto books = open_sqlite(folder.path(), {"", 64 * 1024});
  steps::create(*books, each_has);
  steps::create(*books, each_has);
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 4; ++reader) {
    readers.emplace_back([&] {
      TransferId seen = 0;
      while (!stop) {
        const std::vector<Transfer> latest = books->history(1, steps::newest, 1);
        if (latest.size() != 1 || latest[0].id < seen) ++wrong;
        seen = latest[0].id;
        // A later read sees at least what an earlier one has seen.
        if (!latest[0].key.empty() && !books->key(latest[0].debit, latest[0].key)) ++wrong;
        if (!books->transfer(seen) || !books->account(2) || !books->pin(1)) ++wrong;
      }
    });
  }
  move_money(*books, 600);
  stop = true;
  for (std::thread& reader : readers) reader.join();
  CHECK(wrong == 0);
  CHECK(steps::audit(*books).violations == 0);
}

TEST_CASE("More threads can read at once than readers are kept") {
  const Folder folder;
  const auto books = open_sqlite(folder.path());
  steps::create(*books, each_has);
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 40; ++reader) {
    readers.emplace_back([&] {
      for (int time = 0; time < 50; ++time) {
        if (steps::balance(*books, 1) != each_has) ++wrong;
      }
    });
  }
  for (std::thread& reader : readers) reader.join();
  CHECK(wrong == 0);
}

TEST_CASE("Audits and backups run beside the writer") {
  const Folder folder;
  const auto books = open_sqlite(folder.path() / "data", {"", 64 * 1024});
  steps::create(*books, each_has);
  steps::create(*books, each_has);
  std::atomic<bool> stop{false};
  std::atomic<std::int64_t> violations{0};
  std::thread auditor([&] {
    while (!stop) violations += steps::audit(*books).violations;
  });
  std::vector<std::string> copies;
  std::thread copier([&] {
    for (int copy = 0; !stop; ++copy) {
      copies.push_back(folder.file("copy-" + std::to_string(copy)));
      const auto backup = books->backup(copies.back());
      while (backup->next(steps::always)) {
      }
    }
  });
  move_money(*books, 400);
  stop = true;
  auditor.join();
  copier.join();
  CHECK(violations == 0);
  REQUIRE_FALSE(copies.empty());
  std::filesystem::create_directory(folder.path() / "restored");
  std::filesystem::copy_file(copies.back(), folder.path() / "restored" / "ledger.db");
  CHECK(steps::audit(*open_sqlite(folder.path() / "restored")).violations == 0);
}

TEST_CASE("Checkpoints restart the log again and again") {
  const Folder folder;
  constexpr std::int64_t threshold = 64 * 1024;
  const auto books = open_sqlite(folder.path(), {"", threshold});
  steps::create(*books, each_has);
  steps::create(*books, each_has);
  move_money(*books, 200);
  CHECK(bytes(folder.path() / "ledger.db-wal") < 4 * threshold);
}

TEST_CASE("The log is restarted although some reader is always active") {
  const Folder folder;
  const auto books = open_sqlite(folder.path(), {"", 64 * 1024});
  steps::create(*books, each_has);
  steps::create(*books, each_has);
  Relay relay(folder.path() / "ledger.db");
  const std::string first = salt(folder.path() / "ledger.db-wal");
  for (int round = 0; round < 400 && salt(folder.path() / "ledger.db-wal") == first; ++round) {
    move_money(*books, 2);
    relay.note_commit();
  }
  CHECK(salt(folder.path() / "ledger.db-wal") != first);
}

TEST_CASE("An audit lets the log restart between its steps") {
  const Folder folder;
  constexpr std::int64_t threshold = 64 * 1024;
  const auto books = open_sqlite(folder.path(), {"", threshold});
  steps::create(*books, each_has);
  steps::create(*books, each_has);
  const auto audit = books->audit();
  do {
    move_money(*books, 100);
    CHECK_MESSAGE(bytes(folder.path() / "ledger.db-wal") < 4 * threshold, "the log stays short");
  } while (audit->next(steps::always));
  CHECK_MESSAGE(audit->report().transfers == 2, "transfers after the start are not counted");
  CHECK(audit->report().violations == 0);
}

TEST_CASE("A scan gives up a snapshot that makes the log too long") {
  const Folder folder;
  constexpr std::int64_t threshold = 64 * 1024;
  const auto books = open_sqlite(folder.path() / "data", {"", threshold, 4 * threshold});
  steps::create(*books, each_has);
  steps::create(*books, each_has);
  {
    const auto unit = books->begin();
    Opening large = steps::opening(0);
    large.pin_hash.assign(3500, 'h');  // a page each, for a copy of several batches
    for (int count = 0; count < 300; ++count) unit->create(large);
    for (Cents has = 0; has < 4000; ++has) unit->store(steps::deposit(3, has, 1));
    unit->commit();
  }
  books->tidy();
  const std::filesystem::path log = folder.path() / "data" / "ledger.db-wal";
  const std::int64_t before = bytes(log);
  auto copy = books->backup(folder.file("copy"));
  const auto copy_slowly = [&] {
    while (copy->next(steps::always)) move_money(*books, 60);
  };
  CHECK_THROWS_WITH_AS(copy_slowly(), doctest::Contains("the log has grown too long"), StoreFailed);
  CHECK_MESSAGE(!std::filesystem::exists(folder.file("copy")), "a copy given up leaves no file");
  copy.reset();
  const auto audit = books->audit();
  const auto audit_slowly = [&] {
    while (audit->next([&] { return move_money(*books, 40), true; })) {
    }
  };
  CHECK_THROWS_WITH_AS(audit_slowly(), doctest::Contains("the log has grown too long"),
                       StoreFailed);
  CHECK_MESSAGE(bytes(log) < before + 48 * threshold, "the log has kept its bound");
}
