#pragma once

/// The crowd of the stress test: clients that order, and people who cancel what they have ordered.
/// Everything that is told to anybody is written down.

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
};

/// What the crowd shares. Everybody has a thread.
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
  std::map<int, Key> sent;     // by client: what it has ordered last
  std::set<Key> tombstones;    // keys that a canceller was told are final
  std::vector<Key> unreached;  // keys a canceller was told are too late
  std::string failed;          // what ended somebody's thread before its time
};

/// Runs it on a thread of somebody's. What it throws is written down, and ends the gathering.
void take_part(Square& square, const std::string& who, const std::function<void()>& part);

/// Orders one thing after the other; now and then with a deadline, or goes away without waiting.
std::vector<rig::Written> order_much(Square& square, int client, unsigned seed);
/// Cancels by key what somebody has just ordered; some of it again, some of it before it comes.
void cancel_by_key(Square& square, unsigned seed);
/// Cancels by handle what TXN LIST shows; some of it again, long after.
void cancel_by_handle(Square& square, unsigned seed);
/// Kills connections, freezes accounts, cancels everything.
void make_trouble(Square& square, unsigned seed);
