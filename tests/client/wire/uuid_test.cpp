#include "client/wire/uuid.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include <doctest/doctest.h>

using client::KeySource;

TEST_CASE("a key is a UUID of version 7 that begins with its time") {
  KeySource source;
  const std::string key = source.next_at(0x0190'1234'5678);
  REQUIRE(key.size() == 36);
  CHECK(key.substr(0, 14) == "01901234-5678-");
  CHECK(key[14] == '7');
  CHECK(std::string("89ab").find(key[19]) != std::string::npos);
  for (std::size_t i = 0; i < key.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    CHECK((key[i] == '-') == is_dash);
  }
}

TEST_CASE("keys increase even if the clock stops or goes back") {
  KeySource source;
  std::string last;
  // More than the counter of one millisecond can distinguish.
  for (int i = 0; i < 10'000; ++i) {
    const std::string key = source.next_at(1'700'000'000'000);
    REQUIRE(key > last);
    last = key;
  }
  CHECK(source.next_at(1'600'000'000'000) > last);
  CHECK(source.next() > last);
}

TEST_CASE("two sources make different keys at the same time") {
  std::set<std::string> keys;
  for (int i = 0; i < 1'000; ++i) keys.insert(KeySource().next_at(1'700'000'000'000));
  CHECK(keys.size() == 1'000);
}

TEST_CASE("a random key is a UUID of version 4, and keys of one source differ and are not sorted") {
  KeySource source;
  std::vector<std::string> keys;
  for (int i = 0; i < 1'000; ++i) {
    const KeySource::Text text = source.next_random_text();
    keys.emplace_back(text.data(), text.size());
    REQUIRE(keys.back()[14] == '4');
    REQUIRE(std::string("89ab").find(keys.back()[19]) != std::string::npos);
  }
  CHECK(!std::is_sorted(keys.begin(), keys.end()));
  CHECK(std::set<std::string>(keys.begin(), keys.end()).size() == 1'000);
}
