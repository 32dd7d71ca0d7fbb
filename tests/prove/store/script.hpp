#pragma once

/// What customers order one after the other, and what they have been told of it.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/prove/invariants/evidence.hpp"
#include "tests/prove/store/branch.hpp"

namespace prove {

enum class Kind : std::uint8_t {
  create,
  deposit,
  withdraw,
  transfer,
  reverse,
  cancel,
  freeze,
  unfreeze,
  passwd
};

struct Order {
  Kind kind = Kind::deposit;
  ledger::AccountId account = 0;  // 0 of a create
  ledger::AccountId to = 0;
  ledger::Cents amount = 0;
  std::string key;  // of a reverse, of a cancel: whose

  /// The command; empty of what is none.
  std::string command() const;
  /// Sends it again, or the first time; the reply in one line.
  std::string ask(Branch& branch) const;
};

/// An order, and the reply its customer has.
struct Entry {
  Order order;
  std::optional<std::string> reply;
  int times = 1;  // how often it was asked for, its outcome not being known

  /// It has taken place, its customer knows.
  bool done() const { return reply && !reply->starts_with('-'); }
  /// Nobody may ever run it, somebody knows.
  bool cancelled() const { return reply && reply->starts_with("-CANCELLED"); }
  /// Nobody knows.
  bool open() const { return !reply || reply->starts_with("-UNKNOWN"); }
};

/// What the customers know. Any thread.
class Record {
 public:
  /// An order is about to be sent.
  std::size_t add(const Order& order);
  /// Its replies come here.
  void listen(std::size_t number, std::shared_ptr<Inbox> inbox);
  void note(std::size_t number, const std::string& reply);
  /// Whoever has heard nothing hears nothing any more.
  void hang_up();
  std::vector<Entry> entries() const;
  std::vector<std::size_t> open() const;
  /// It is asked for once more.
  void again(std::size_t number);

 private:
  struct Line {
    Entry entry;
    std::shared_ptr<Inbox> inbox;
  };
  Entry known(const Line& line) const;

  mutable std::mutex mutex_;
  std::vector<Line> lines_;
};

/// Draws orders, some at a time.
class Script {
 public:
  explicit Script(unsigned seed) : random_(seed) {}
  /// Accounts 1 to `accounts` are for money, the next one for freezing and PINs.
  static constexpr ledger::AccountId accounts = 3;
  static constexpr ledger::Cents opening = 10'000;

  /// Orders that are sent at the same time.
  std::vector<Order> batch();
  /// A withdrawal, and its cancel while it runs.
  std::pair<Order, Order> cancelled_pair();
  /// What is sent alone. `record`: for what can be reversed.
  Order single(const std::vector<Entry>& record);
  std::uint32_t roll(std::uint32_t below) { return static_cast<std::uint32_t>(random_()) % below; }

 private:
  std::string next_key() { return "k" + std::to_string(++keys_); }
  Order money();

  std::mt19937 random_;
  int keys_ = 0;
};

/// The record as the invariants take it: on a machine that may have failed.
invariants::Evidence evidence_of(const std::vector<Entry>& record);

/// The balances after all that was done, by account; the rest are as they were.
std::map<ledger::AccountId, ledger::Cents> balances_after(const std::vector<Entry>& record);

}  // namespace prove
