#include "tests/server/rig/orders.hpp"

#include <algorithm>
#include <set>

namespace rig {
namespace {

using Key = std::pair<std::int64_t, std::string>;

/// The ledger as HISTORY shows it.
struct Books {
  std::map<Key, std::vector<Reply>> rows;  // by key
  std::map<std::int64_t, std::int64_t> balances;
};

/// The account of the row's key.
std::int64_t key_account(const Reply& row) {
  const std::string& kind = row["kind"].text;
  if (kind == "create") return 0;
  return kind == "deposit" ? row["credit"].number : row["debit"].number;
}

void read_account(Site& site, std::int64_t account, Books& books) {
  books.balances[account] = site.balance(account);
  std::int64_t before = INT64_MAX;
  for (;;) {
    const Reply page = site.op()("HISTORY", account, "LIMIT", 1000, "BEFORE", before);
    for (const Reply& row : page.elements) {
      before = row["id"].number;
      const std::int64_t owner = key_account(row);
      const bool once = owner == account || owner == 0;  // a transfer is in two histories
      if (once && !row["key"].text.empty()) books.rows[{owner, row["key"].text}].push_back(row);
    }
    if (page.elements.size() < 1000) return;
  }
}

Books read_books(Site& site) {
  Books books;
  const auto accounts = site.op()("AUDIT")["accounts"].number;
  for (std::int64_t account = 1; account <= accounts; ++account) {
    read_account(site, account, books);
  }
  return books;
}

class Judge {
 public:
  Judge(Site& site, const std::map<std::int64_t, std::int64_t>& opening)
      : site_(site), books_(read_books(site)), expected_(opening) {}

  /// Asks for all outcomes, a bounded number at a time.
  void hear(const std::vector<Written>& all) {
    constexpr std::size_t at_once = 200;
    std::size_t asked = 0;
    for (std::size_t heard = 0; heard < all.size(); ++heard) {
      for (; asked < all.size() && asked < heard + at_once; ++asked) {
        site_.op().send("STATUS", all[asked].order.account, all[asked].order.key);
      }
      hear(all[heard], site_.op().receive()["outcome"].text);
    }
  }
  void hear(const Written& written, const std::string& outcome) {
    const Order& order = written.order;
    const Key key{order.account, order.key};
    known_.insert(key);
    const auto rows = books_.rows[key];
    const bool there = rows.size() == 1;
    if (rows.size() > 1) complain(written, "is in the ledger more than once");
    if (there != (outcome == "committed")) complain(written, "STATUS says " + outcome);
    if (written.fate == Fate::committed && !there) complain(written, "was lost");
    if (written.fate == Fate::nothing && there) complain(written, "was stored all the same");
    if (written.tombstone && outcome != "cancelled") complain(written, "has no tombstone");
    if (there) apply(written, rows[0]);
  }
  std::vector<std::string> verdict() {
    for (const auto& [key, rows] : books_.rows) {
      if (!rows.empty() && !known_.contains(key))
        found_.push_back(key.second + ": no client sent it");
    }
    for (const auto& [account, balance] : books_.balances) {
      if (balance == expected_[account]) continue;
      found_.push_back("account " + std::to_string(account) + " has " + std::to_string(balance) +
                       ", not " + std::to_string(expected_[account]));
    }
    const auto violations = site_.op()("AUDIT")["violations"].number;
    if (violations != 0) found_.push_back(std::to_string(violations) + " violations");
    return std::move(found_);
  }

 private:
  void complain(const Written& written, const std::string& what) {
    found_.push_back(written.order.key + " " + what);
  }
  void apply(const Written& written, const Reply& row) {
    const Order& order = written.order;
    const bool created = order.kind == Order::Kind::create;
    const auto told = created ? row["credit"].number : row["balance"].number;
    if (written.fate == Fate::committed && told != written.reply) {
      complain(written, "was answered otherwise");
    }
    if (row["amount"].number != order.amount) complain(written, "moved another amount");
    if (created) expected_[told] += order.amount;
    if (order.kind == Order::Kind::deposit) expected_[order.account] += order.amount;
    if (order.kind == Order::Kind::withdraw) expected_[order.account] -= order.amount;
    if (order.kind != Order::Kind::transfer) return;
    expected_[order.account] -= order.amount;
    expected_[order.to] += order.amount;
  }

  Site& site_;
  Books books_;
  std::map<std::int64_t, std::int64_t> expected_;
  std::set<Key> known_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> Order::words() const {
  const std::string from = std::to_string(account);
  const std::string cents = std::to_string(amount);
  switch (kind) {
    case Kind::deposit:
      return {"DEPOSIT", from, cents, "KEY", key};
    case Kind::withdraw:
      return {"WITHDRAW", from, cents, "KEY", key};
    case Kind::transfer:
      return {"TRANSFER", from, std::to_string(to), cents, "KEY", key};
    case Kind::create:
      break;
  }
  return {"CREATE", the_pin, "BALANCE", cents, "KEY", key};
}

Order Orders::next() {
  Order order;
  const int dice = roll(100);
  order.kind = dice < 35   ? Order::Kind::deposit
               : dice < 65 ? Order::Kind::withdraw
               : dice < 98 ? Order::Kind::transfer
                           : Order::Kind::create;
  const auto count = static_cast<int>(accounts_.size());
  const int one = roll(count);
  const int other = (one + 1 + roll(count - 1)) % count;
  if (order.kind != Order::Kind::create) order.account = accounts_[static_cast<std::size_t>(one)];
  if (order.kind == Order::Kind::transfer) order.to = accounts_[static_cast<std::size_t>(other)];
  order.amount = 1 + roll(100);
  order.key = name_ + "-" + std::to_string(count_++);
  return order;
}

void note(Written& written, const Reply& reply) {
  const bool told = reply.type == ':';
  if (told) written.reply = reply.number;
  const bool open = reply.code() == "UNKNOWN" || reply.code() == "INPROGRESS";
  written.fate = told ? Fate::committed : open ? Fate::unknown : Fate::nothing;
}

std::string judge(Site& site, const std::vector<Written>& all,
                  const std::map<std::int64_t, std::int64_t>& opening) {
  Judge judge(site, opening);
  judge.hear(all);
  constexpr std::size_t most = 20;
  const std::vector<std::string> found = judge.verdict();
  std::string text;
  for (std::size_t i = 0; i < std::min(found.size(), most); ++i) text += found[i] + "\n";
  if (found.size() > most) text += "and " + std::to_string(found.size() - most) + " more\n";
  return text;
}

}  // namespace rig
