#pragma once

/// The transactions in flight, as the events of TXN WATCH describe them.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/terminal/event.hpp"
#include "client/wire/reply.hpp"

namespace client {

struct Flight {
  std::string handle;
  std::string op;
  std::string account;
  std::string to;  // "0": none
  std::string key;
  std::string stage = "queued";
  std::string point;                 // empty: not known
  std::string waits;                 // "lock", "hold", "commit"; empty: it does not wait
  std::string waits_for;             // the account, if it waits for a lock
  std::vector<std::string> owns;     // accounts
  std::vector<std::string> cleanup;  // topmost last
  std::string note;                  // the last cancel, verdict or reply
  std::int64_t since_us = 0;
};

class InFlight {
 public:
  void apply(const Event& event);
  /// Adds a transaction that was admitted before the events began, from its TXN SHOW. Does nothing
  /// if it has been seen to end. Where its events differ, they are later and win.
  void add(const Reply& shown, std::int64_t now_us);

  /// In the order in which they were first seen.
  const std::vector<Flight>& all() const { return flights_; }
  /// Returns the one that owns the account's mutex, or null.
  const Flight* owner_of(const std::string& account) const;
  std::int64_t missed() const { return missed_; }

 private:
  Flight* find(const std::string& handle);
  static void apply(const Event& event, Flight& flight);

  std::vector<Flight> flights_;
  std::vector<std::string> ended_;  // since the last add(), so that it adds none of them
  std::int64_t missed_ = 0;
};

}  // namespace client
