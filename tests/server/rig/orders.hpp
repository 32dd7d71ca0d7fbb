#pragma once

/// Orders and the replies to them, recorded outside the server and compared with the ledger at the
/// end.

#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/server/rig/site.hpp"

namespace rig {

/// A request that moves money, with a key of its own.
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
  unknown,    // no reply: the ledger may have it or not
  committed,  // the client received `reply`
  nothing,    // a reply to the client or to a canceller says that nothing was changed
};

struct Written {
  Order order;
  Fate fate = Fate::unknown;
  std::int64_t reply = 0;
  bool tombstone = false;  // a reply to a canceller says so
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

/// Records the fate that a reply reports.
void note(Written& written, const Reply& reply);

/// Compares the records with the ledger, account by account and key by key. `opening` has the
/// earlier accounts with their balances; no other request has moved money. Returns one line for
/// each of the first differences; empty if there is none.
std::string judge(Site& site, const std::vector<Written>& all,
                  const std::map<std::int64_t, std::int64_t>& opening);

}  // namespace rig
