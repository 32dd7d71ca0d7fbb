/// Handles: unique for ever, found while their object is in flight, removed once.

#include <array>
#include <atomic>
#include <set>

#include <doctest/doctest.h>

#include "server/cancel/handle_table.hpp"
#include "server/seam/thread.hpp"
#include "tests/cancel/forked.hpp"

using cancel::Handle;
using Table = cancel::HandleTable<int>;

TEST_CASE("a handle names its object until it is removed, and nothing after that") {
  Table table(3);
  const Handle handle = table.issue();
  CHECK(table.find(handle) == nullptr);
  table.insert(handle, std::make_shared<int>(42));
  REQUIRE(table.find(handle) != nullptr);
  CHECK(*table.find(handle) == 42);
  CHECK(table.remove(handle));
  CHECK(table.find(handle) == nullptr);
  CHECK_FALSE(table.remove(handle));
  const Handle next = table.issue();
  CHECK(next != handle);
  table.insert(next, std::make_shared<int>(43));
  CHECK(table.find(handle) == nullptr);
}

TEST_CASE("handles of two starts differ, though both count from one") {
  CHECK(Table(1).issue() != Table(2).issue());
}

TEST_CASE("an object that was looked up outlives its removal") {
  Table table(1);
  const Handle handle = table.issue();
  table.insert(handle, std::make_shared<int>(42));
  const auto found = table.find(handle);
  std::weak_ptr<int> watched = found;
  table.remove(handle);
  CHECK(*found == 42);
  CHECK(watched.use_count() == 1);
}

TEST_CASE("all() returns the objects in flight, oldest first") {
  Table table(1);
  std::vector<Handle> handles;
  for (int i = 0; i < 3; ++i) {
    handles.push_back(table.issue());
    table.insert(handles.back(), std::make_shared<int>(i));
  }
  table.remove(handles[1]);
  CHECK(table.size() == 2);
  const auto all = table.all();
  REQUIRE(all.size() == 2);
  CHECK(*all[0] == 0);
  CHECK(*all[1] == 2);
}

TEST_CASE("threads that issue handles at the same time get different ones") {
  Table table(1);
  constexpr int each = 500;
  std::array<std::vector<Handle>, 4> issued;
  std::array<seam::Thread, 4> threads;
  for (std::size_t i = 0; i < threads.size(); ++i) {
    REQUIRE(threads[i].start([&table, &mine = issued[i]] {
      for (int n = 0; n < each; ++n) mine.push_back(table.issue());
    }));
  }
  for (seam::Thread& thread : threads) thread.join();
  std::set<Handle> different;
  for (const auto& mine : issued) different.insert(mine.begin(), mine.end());
  CHECK(different.size() == each * threads.size());
}

TEST_CASE("of many threads that remove one handle, one succeeds") {
  for (int round = 0; round < 50; ++round) {
    Table table(1);
    const Handle handle = table.issue();
    table.insert(handle, std::make_shared<int>(1));
    std::atomic<int> removed = 0;
    std::array<seam::Thread, 4> threads;
    for (seam::Thread& thread : threads) {
      REQUIRE(thread.start([&] { removed += table.remove(handle) ? 1 : 0; }));
    }
    for (seam::Thread& thread : threads) thread.join();
    CHECK(removed == 1);
  }
}

TEST_CASE("issuing the last handle ends the process") {
  CHECK(broken_rule([] { Table(1, INT64_MAX).issue(); }) == "handles are never used again");
  CHECK(Table(1, INT64_MAX - 1).issue().count == INT64_MAX - 1);
}

TEST_CASE("a handle is parsed as it is written, and no other text is") {
  CHECK(to_string(Handle{3, 81}) == "3-81");
  CHECK(cancel::parse_handle("3-81") == Handle{3, 81});
  for (const char* text : {"", "3", "3-", "-81", "3-81 ", " 3-81", "3--81", "-3-81", "a-b", "3-8x",
                           "3+81", "99999999999999999999-1", "3-99999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(cancel::parse_handle(text));
  }
}
