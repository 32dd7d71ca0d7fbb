#pragma once

/// Replies as hiredis would parse them, for tests that print them.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "client/wire/reply.hpp"

namespace test {

inline client::Reply text(std::string value) {
  return {client::Reply::Kind::string, std::move(value), 0, {}};
}

inline client::Reply number(std::int64_t value) {
  return {client::Reply::Kind::integer, {}, value, {}};
}

inline client::Reply list(std::vector<client::Reply> items) {
  return {client::Reply::Kind::array, {}, 0, std::move(items)};
}

}  // namespace test
