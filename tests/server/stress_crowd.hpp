#pragma once

/// The crowd of the stress test: clients that send orders, and cancellers that cancel them. Every
/// reply is recorded.

#include <atomic>
#include <mutex>
#include <set>

#include "tests/server/rig/orders.hpp"

/// Verdicts, counted by their name.
struct Tally {
  std::atomic<int> cancelled{0};
  std::atomic<int> already{0};
  std::atomic<int> too_late{0};
  std::atomic<int> invalid{0};
  std::atomic<int> strange{0};

  void count(const rig::Reply& reply);
  bool each_at_least(int n) const {
    return cancelled >= n && already >= n && too_late >= n && invalid >= n;
  }
  std::string text() const {
    return "CANCELLED " + std::to_string(cancelled) + ", ALREADY " + std::to_string(already) +
           ", TOOLATE " + std::to_string(too_late) + ", INVALIDHANDLE " + std::to_string(invalid);
  }
};

/// The state that the crowd shares. Each member has a thread.
struct Square {
  using Key = std::pair<std::int64_t, std::string>;

  explicit Square(rig::Site& place, std::vector<std::int64_t> open)
      : site(place), accounts(std::move(open)) {}

  rig::Site& site;  // only its port and its socket's path are used
  const std::vector<std::int64_t> accounts;
  std::atomic<bool> over{false};
  std::atomic<int> orders{0};
  std::atomic<int> stopped{0};  // orders that were answered with "-CANCELLED txn …"
  Tally tally;

  std::mutex mutex;
  std::map<int, Key> sent;     // by client: its last order
  std::set<Key> tombstones;    // keys whose cancel is durable, by a reply
  std::vector<Key> unreached;  // keys whose cancel was too late, by a reply
  std::string failed;          // the error that ended a member's thread early
};

/// Runs it on a member's thread. An exception is recorded, and ends the whole crowd.
void take_part(Square& square, const std::string& who, const std::function<void()>& part);

/// Sends one order after the other, some with a deadline, and disconnects now and then.
std::vector<rig::Written> order_much(Square& square, int client, unsigned seed);
/// Cancels the newest orders by key; some of them twice, some before they arrive.
void cancel_by_key(Square& square, unsigned seed);
/// Cancels by handle the rows of TXN LIST; some of them again, long after.
void cancel_by_handle(Square& square, unsigned seed);
/// Kills connections, freezes accounts, cancels everything.
void make_trouble(Square& square, unsigned seed);
