#include "tests/server/stress_crowd.hpp"

#include <optional>

#include "tests/server/rig/patience.hpp"

using rig::Client;
using rig::Disconnected;
using rig::Fate;
using rig::Order;
using rig::Orders;
using rig::Reply;
using rig::Written;

namespace {

int roll(std::mt19937& random, int n) {
  return static_cast<int>(random() % static_cast<unsigned>(n));
}

/// The last order of some client, if there is one.
std::optional<Square::Key> somebodys(Square& square, std::mt19937& random) {
  const std::lock_guard lock(square.mutex);
  if (square.sent.empty()) return std::nullopt;
  return std::next(square.sent.begin(), roll(random, static_cast<int>(square.sent.size())))->second;
}

/// Returns the index of one of the rows, more often of one that can still be cancelled: most wait
/// for the disk.
std::size_t chosen(const std::vector<Reply>& rows, std::mt19937& random) {
  std::size_t index = random() % rows.size();
  for (int tries = 20; tries > 0 && rows[index]["cancelability"].text != "enabled"; --tries) {
    index = random() % rows.size();
  }
  return index;
}

/// A verdict of CANCEL by key: ALREADY, too, means that a tombstone is durable.
void write_down(Square& square, const Square::Key& key, const Reply& verdict) {
  square.tally.count(verdict);
  const std::lock_guard lock(square.mutex);
  if (verdict.text == "CANCELLED" || verdict.text == "ALREADY") square.tombstones.insert(key);
  if (verdict.text == "TOOLATE") square.unreached.push_back(key);
}

/// Sends one order, cancels it at once, and again, now and then, and records its reply. False if
/// the connection has ended.
bool carry_out(Square& square, Client& connection, Client& second, Written& written,
               Orders& orders) {
  std::vector<std::string> words = written.order.words();
  const bool created = written.order.kind == Order::Kind::create;
  if (!created && orders.roll(20) == 0) {
    words.insert(words.end(), {"TIMEOUT", std::to_string(1 + orders.roll(5))});
  }
  connection.raw(Client::framed(words));
  if (orders.roll(10) == 0) {
    const Square::Key key{written.order.account, written.order.key};
    for (int i = 0; i < 2; ++i) {
      write_down(square, key, second("CANCEL", key.first, key.second));
    }
  }
  if (orders.roll(200) == 0) {  // disconnects without waiting
    if (orders.roll(2) == 0) connection.reset();
    return false;
  }
  const Reply reply = connection.receive();
  rig::note(written, reply);
  if (reply.text.starts_with("CANCELLED txn ")) ++square.stopped;
  return true;
}

}  // namespace

void Tally::count(const Reply& reply) {
  if (reply.text == "CANCELLED") {
    ++cancelled;
  } else if (reply.text == "ALREADY") {
    ++already;
  } else if (reply.text == "TOOLATE") {
    ++too_late;
  } else if (reply.code() == "INVALIDHANDLE") {
    ++invalid;
  } else {
    ++strange;
  }
}

void take_part(Square& square, const std::string& who, const std::function<void()>& part) {
  try {
    part();
  } catch (const std::exception& error) {
    const std::lock_guard lock(square.mutex);
    square.failed += who + ": " + error.what() + "\n";
    square.over = true;
  }
}

std::vector<Written> order_much(Square& square, int client, unsigned seed) {
  Orders orders(square.accounts, "c" + std::to_string(client), seed);
  std::vector<Written> all;
  std::optional<Client> connection;
  Client second = Client::local(square.site.server().admin());
  while (!square.over) {
    try {
      if (!connection) connection = Client::local(square.site.server().admin());
      if (orders.roll(10) == 0) {
        (*connection)("BALANCE", square.accounts.front());
      }
      Written& written = all.emplace_back(Written{orders.next()});
      {
        const std::lock_guard lock(square.mutex);
        square.sent[client] = {written.order.account, written.order.key};
      }
      ++square.orders;
      if (!carry_out(square, *connection, second, written, orders)) connection.reset();
    } catch (const Disconnected&) {
      connection.reset();
    }
  }
  return all;
}

void cancel_by_key(Square& square, unsigned seed) {
  std::mt19937 random(seed);
  Client connection = Client::local(square.site.server().admin());
  unsigned count = 0;
  while (!square.over) {
    auto key = somebodys(square, random);
    if (!key) continue;
    if (roll(random, 50) == 0) key->second = "early-" + std::to_string(seed + count++ * 10U);
    const bool waits = roll(random, 4) == 0;
    write_down(square, *key,
               waits ? connection("CANCEL", key->first, key->second, "WAIT", 60'000)
                     : connection("CANCEL", key->first, key->second));
    write_down(square, *key, connection("CANCEL", key->first, key->second));
    std::this_thread::sleep_for(std::chrono::microseconds(roll(random, 300)));
  }
}

void cancel_by_handle(Square& square, unsigned seed) {
  std::mt19937 random(seed);
  Client connection = Client::local(square.site.server().admin());
  while (!square.over) {
    const auto rows = connection("TXN", "LIST").elements;
    if (rows.empty()) continue;
    const Reply& row = rows[chosen(rows, random)];
    const std::string handle = row["handle"].text;
    const Reply verdict = connection("TXN", "CANCEL", handle, "REASON", "stress");
    square.tally.count(verdict);
    if (verdict.text == "CANCELLED" && !row["key"].text.empty()) {
      const std::lock_guard lock(square.mutex);
      square.tombstones.insert(
          {row["op"].text == "create" ? 0 : row["account"].number, row["key"].text});
    }
    square.tally.count(connection("TXN", "CANCEL", handle, "WAIT", 60'000));
    square.tally.count(connection("TXN", "CANCEL", handle));
    std::this_thread::sleep_for(std::chrono::microseconds(roll(random, 300)));
  }
}

void make_trouble(Square& square, unsigned seed) {
  std::mt19937 random(seed);
  Client connection = Client::local(square.site.server().admin());
  const std::string self = std::to_string(connection("CLIENT", "ID").number);
  while (!square.over) {
    const auto rows = connection("TXN", "LIST").elements;
    const int dice = roll(random, 10);
    if (dice < 5 && !rows.empty()) {
      // The own audit may still be listed, although it is answered.
      const std::string client = rows[random() % rows.size()]["client"].text;
      if (client != self) connection("CLIENT", "KILL", client);
    } else if (dice < 7) {
      const auto account = square.accounts[random() % square.accounts.size()];
      if (connection("ACCOUNT", "FREEZE", account).is_error()) ++square.tally.strange;
      if (connection("ACCOUNT", "UNFREEZE", account).is_error()) ++square.tally.strange;
    } else if (dice == 7) {
      connection("TXN", "CANCELALL", "REASON", "stress");
    } else if (dice == 8) {
      connection("AUDIT");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(roll(random, 20)));
  }
}
