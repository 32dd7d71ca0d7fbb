#include "tests/prove/store/script.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace prove {

std::string Order::command() const {
  const std::string from = std::to_string(account);
  const std::string cents = std::to_string(amount);
  switch (kind) {
    case Kind::create:
      return "CREATE 1234 BALANCE " + cents + " KEY " + key;
    case Kind::deposit:
      return "DEPOSIT " + from + " " + cents + " KEY " + key;
    case Kind::withdraw:
      return "WITHDRAW " + from + " " + cents + " KEY " + key;
    case Kind::transfer:
      return "TRANSFER " + from + " " + std::to_string(to) + " " + cents + " KEY " + key;
    case Kind::reverse:
      return "REVERSE " + from + " " + key;
    case Kind::passwd:
      return "PASSWD " + from + " 4321";
    default:
      return "";
  }
}

std::string Order::ask(Branch& branch) const {
  if (kind == Kind::cancel) return branch.cancel_key(account, key);
  if (kind == Kind::freeze) return branch.freeze(account);
  if (kind == Kind::unfreeze) return branch.unfreeze(account);
  return branch.ask(command());
}

// ── Record ──────────────────────────────────────────────────────────────────────────────────────

std::size_t Record::add(const Order& order) {
  const std::lock_guard lock(mutex_);
  lines_.push_back({{order, std::nullopt}, nullptr});
  return lines_.size() - 1;
}

void Record::listen(std::size_t number, std::shared_ptr<Inbox> inbox) {
  const std::lock_guard lock(mutex_);
  lines_[number].inbox = std::move(inbox);
}

void Record::note(std::size_t number, const std::string& reply) {
  const std::lock_guard lock(mutex_);
  lines_[number].entry.reply = reply;
  lines_[number].inbox = nullptr;
}

void Record::hang_up() {
  const std::lock_guard lock(mutex_);
  for (Line& line : lines_) line = {with_reply(line), nullptr};
}

Entry Record::with_reply(const Line& line) {
  Entry entry = line.entry;
  if (line.inbox != nullptr) entry.reply = line.inbox->reply();
  return entry;
}

std::vector<Entry> Record::entries() const {
  const std::lock_guard lock(mutex_);
  std::vector<Entry> all;
  for (const Line& line : lines_) all.push_back(with_reply(line));
  return all;
}

void Record::again(std::size_t number) {
  const std::lock_guard lock(mutex_);
  ++lines_[number].entry.times;
}

std::vector<std::size_t> Record::open() const {
  const std::vector<Entry> all = entries();
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].open()) numbers.push_back(i);
  }
  return numbers;
}

// ── Script ──────────────────────────────────────────────────────────────────────────────────────

Order Script::money() {
  Order order;
  const std::uint32_t dice = roll(10);
  order.kind = dice < 3 ? Kind::deposit : dice < 6 ? Kind::withdraw : Kind::transfer;
  if (dice == 9) order.kind = Kind::create;
  order.key = next_key();
  order.amount = 1 + roll(500);
  const std::uint32_t one = roll(accounts);
  if (order.kind != Kind::create) order.account = 1 + one;
  if (order.kind == Kind::transfer) order.to = 1 + (one + 1 + roll(accounts - 1)) % accounts;
  return order;
}

std::vector<Order> Script::batch() {
  std::vector<Order> orders(1 + roll(4));
  std::generate(orders.begin(), orders.end(), [this] { return money(); });
  return orders;
}

std::pair<Order, Order> Script::cancelled_pair() {
  Order order = money();
  order.kind = Kind::withdraw;
  order.account = 1;
  Order cancel = order;
  cancel.kind = Kind::cancel;
  return {order, cancel};
}

Order Script::single(const std::vector<Entry>& record) {
  Order order;
  order.account = accounts + 1;
  constexpr std::array<Kind, 5> kinds{Kind::reverse, Kind::cancel, Kind::freeze, Kind::unfreeze,
                                      Kind::passwd};
  order.kind = kinds.at(roll(kinds.size()));
  if (order.kind == Kind::cancel) order.key = next_key();
  if (order.kind != Kind::reverse) return order;
  const auto found = std::find_if(record.rbegin(), record.rend(), [](const Entry& entry) {
    return entry.done() && entry.order.kind == Kind::withdraw;
  });
  if (found == record.rend()) return money();
  order.account = found->order.account;
  order.key = found->order.key;
  order.amount = found->order.amount;
  return order;
}

namespace {

bank::Operation operation_of(Kind kind) {
  switch (kind) {
    case Kind::create:
      return bank::Operation::create;
    case Kind::deposit:
      return bank::Operation::deposit;
    case Kind::withdraw:
      return bank::Operation::withdraw;
    case Kind::transfer:
      return bank::Operation::transfer;
    case Kind::reverse:
      return bank::Operation::reverse;
    default:
      return bank::Operation::passwd;
  }
}

}  // namespace

invariants::Evidence evidence_of(const std::vector<Entry>& record) {
  invariants::Evidence evidence;
  evidence.machine_well = false;
  for (const Entry& entry : record) {
    const Order& order = entry.order;
    if (order.kind == Kind::freeze || order.kind == Kind::unfreeze) continue;
    if (order.kind != Kind::cancel) {
      evidence.asked.push_back({operation_of(order.kind), order.account, order.to, order.amount,
                                order.key, entry.reply, entry.reply ? 1 : 0});
    } else if (entry.reply) {
      evidence.cancelled.push_back(
          {std::nullopt, order.account, order.key, true, verdict_in(*entry.reply)});
    }
  }
  return evidence;
}

std::map<ledger::AccountId, ledger::Cents> balances_after(const std::vector<Entry>& record) {
  std::map<ledger::AccountId, ledger::Cents> balances;
  std::set<std::string> reversed;
  for (const Entry& entry : record) {
    if (!entry.done()) continue;
    const Order& order = entry.order;
    if (order.kind == Kind::create) balances[std::stoll(*entry.reply)] += order.amount;
    if (order.kind == Kind::deposit) balances[order.account] += order.amount;
    if (order.kind == Kind::withdraw) balances[order.account] -= order.amount;
    if (order.kind == Kind::transfer) {
      balances[order.account] -= order.amount;
      balances[order.to] += order.amount;
    }
    const bool first_reversal = order.kind == Kind::reverse && reversed.insert(order.key).second;
    if (first_reversal) balances[order.account] += order.amount;
  }
  return balances;
}

}  // namespace prove
