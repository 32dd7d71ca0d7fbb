#pragma once

/// What was ordered and what was told about it, written down outside the server, and compared with
/// the ledger in the end.

#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/server/rig/site.hpp"

namespace rig {

/// A request that moves money, under a key of its own.
struct Order {
  enum class Kind { deposit, withdraw, transfer, create };
  Kind kind = Kind::deposit;
  std::int64_t account = 0;  // 0 of a create
  std::int64_t to = 0;
  std::int64_t amount = 0;
  std::string key;

  std::vector<std::string> words() const;
};

enum class Fate {
  unknown,    // nobody has been told: the ledger may have it or not
  committed,  // the client was given `reply`
  nothing,    // the client or a canceller was told that it came to nothing
};

struct Written {
  Order order;
  Fate fate = Fate::unknown;
  std::int64_t reply = 0;
  bool tombstone = false;  // a canceller was told so
};

/// A random order on some of these accounts. Its key is `name` and a number.
class Orders {
 public:
  Orders(std::vector<std::int64_t> accounts, std::string name, unsigned seed)
      : accounts_(std::move(accounts)), name_(std::move(name)), random_(seed) {}
  Order next();
  /// From 0 to below `n`.
  int roll(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

 private:
  const std::vector<std::int64_t> accounts_;
  const std::string name_;
  std::mt19937 random_;
  int count_ = 0;
};

/// Notes what a reply says of the order.
void note(Written& written, const Reply& reply);

/// Compares what was written with the ledger, account by account and key by key. `opening`: the
/// accounts there were before, with their balances. Nothing else has moved money. Returns what does
/// not agree; nothing if the books are sound.
std::vector<std::string> judge(Site& site, const std::vector<Written>& all,
                               const std::map<std::int64_t, std::int64_t>& opening);

}  // namespace rig
