#pragma once

/// The orders of customers, one after the other, and the replies that they have received.

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
  std::string key;  // of a reverse and of a cancel: the key of the other order

  /// Returns the command; empty if the order is not a command.
  std::string command() const;
  /// Sends the order and returns the reply in one line.
  std::string ask(Branch& branch) const;
};

/// An order, and the reply that its customer has received.
struct Entry {
  Order order;
  std::optional<std::string> reply;
  int times = 1;  // how often it was sent, its outcome being unknown

  /// Returns whether it was acknowledged.
  bool done() const { return reply && !reply->starts_with('-'); }
  /// Returns whether a customer knows that it will never run.
  bool cancelled() const { return reply && reply->starts_with("-CANCELLED"); }
  /// Returns whether its outcome is unknown.
  bool open() const { return !reply || reply->starts_with("-UNKNOWN"); }
};

/// The knowledge of the customers. Any thread may call.
class Record {
 public:
  /// Adds an order before it is sent; returns its number.
  std::size_t add(const Order& order);
  /// Takes the reply from this inbox.
  void listen(std::size_t number, std::shared_ptr<Inbox> inbox);
  void note(std::size_t number, const std::string& reply);
  /// Loses the replies that have not arrived.
  void hang_up();
  std::vector<Entry> entries() const;
  std::vector<std::size_t> open() const;
  /// Counts one more time that the order is sent.
  void again(std::size_t number);

 private:
  struct Line {
    Entry entry;
    std::shared_ptr<Inbox> inbox;
  };
  static Entry with_reply(const Line& line);

  mutable std::mutex mutex_;
  std::vector<Line> lines_;
};

/// Draws random orders.
class Script {
 public:
  explicit Script(unsigned seed) : random_(seed) {}
  /// Accounts 1 to `accounts` are for money, the next one for freezing and PINs.
  static constexpr ledger::AccountId accounts = 3;
  static constexpr ledger::Cents opening = 10'000;

  /// Returns orders to be sent at the same time.
  std::vector<Order> batch();
  /// Returns a withdrawal, and its cancel.
  std::pair<Order, Order> cancelled_pair();
  /// Returns an order to be sent alone. `record` has the orders that can be reversed.
  Order single(const std::vector<Entry>& record);
  std::uint32_t roll(std::uint32_t below) { return static_cast<std::uint32_t>(random_()) % below; }

 private:
  std::string next_key() { return "k" + std::to_string(++keys_); }
  Order money();

  std::mt19937 random_;
  int keys_ = 0;
};

/// Returns the record in the form that the invariants need, for a machine that may have failed.
invariants::Evidence evidence_of(const std::vector<Entry>& record);

/// Returns the balances after all acknowledged orders, by account.
std::map<ledger::AccountId, ledger::Cents> balances_after(const std::vector<Entry>& record);

}  // namespace prove
