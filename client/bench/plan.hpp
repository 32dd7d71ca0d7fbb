#pragma once

/// The plan of a benchmark: operations, accounts, keys, and how many requests.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/wire/interrupt.hpp"

namespace client::bench {

enum class Operation : std::uint8_t { deposit, withdraw, transfer, balance, ping, get, incrby };

/// An operation, and how many of all `weights` are spent on it.
struct Share {
  Operation operation;
  std::uint32_t weight = 1;

  bool operator==(const Share&) const = default;
};

struct Plan {
  std::vector<Share> mix{{Operation::deposit}};
  std::int64_t first_account = 1;
  std::int64_t accounts = 1;
  bool random_accounts = false;  // otherwise in turn
  bool random_keys = false;      // otherwise ordered by time
  std::int64_t amount = 1;       // minor units
  std::uint64_t seed = 1;        // of accounts, operations, cancels and times; keys are always new
  std::int64_t cancels_percent = 0;

  std::optional<std::int64_t> requests;  // in all; otherwise `time` decides
  Clock::duration time{};
  Clock::duration warm_up{};          // precedes `time`; its replies are not measured
  std::optional<std::int64_t> rate;   // a second; nothing: the next request follows the last reply
  Clock::duration longest_silence{};  // of the server, before the benchmark gives up
};

/// Parses `deposit` or a mix such as `deposit:5,balance:4`, whose weights are from 1 to 1000.
/// Returns nothing if the text has another form, names an unknown operation, or mixes operations of
/// the bank with those of Redis.
std::optional<std::vector<Share>> parse_mix(std::string_view text);

/// Returns the name of an operation, as parse_mix() accepts it.
std::string_view name_of(Operation operation);

/// Returns true for writes, which carry a key and can be cancelled by it.
bool has_key(Operation operation);

/// Returns true if the mix is for a Redis server, which has no accounts to log in to.
bool is_for_redis(const std::vector<Share>& mix);

/// Returns true if the mix has this operation.
bool contains(const std::vector<Share>& mix, Operation operation);

}  // namespace client::bench
