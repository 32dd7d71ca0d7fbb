#pragma once

/// A server whose replies the test supplies, on a free port and on a Unix socket.

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/client/scratch.hpp"

namespace test {

using Words = std::vector<std::string>;

struct Received {
  int connection;  // counted from 0, in the order they were accepted
  Words words;
};

class FakeServer {
 public:
  /// Called on the server's thread for each command; the returned bytes are sent back.
  using Answer = std::function<std::string(FakeServer&, const Received&)>;

  /// Listens on a free port, or on a given one.
  explicit FakeServer(Answer answer, int port = 0);
  ~FakeServer();
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  /// Called from within Answer: sends to any connection, or closes it.
  void send(int connection, const std::string& bytes);
  void drop(int connection);
  /// Called from within Answer: accepts no more connections.
  void stop_listening();

  /// Called from the test: blocks until that many commands with this first word have arrived.
  /// Returns false after a minute.
  bool await(const std::string& command, std::size_t count = 1);
  /// Returns all commands received so far, AUTH included.
  std::vector<Received> received();
  /// Returns the commands that begin with this word.
  std::vector<Received> received(const std::string& command);

  int port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string socket_path() const { return folder() + "/admin.sock"; }
  const std::string& folder() const { return folder_.path(); }

 private:
  struct Peer;

  void serve();
  void accept_from(int listener);
  void read_from(int connection);

  Answer answer_;
  const Scratch folder_;
  int port_;
  int tcp_ = -1;
  int local_ = -1;
  int stop_[2] = {-1, -1};
  std::map<int, std::unique_ptr<Peer>> peers_;  // used by the server's thread only
  int next_ = 0;

  std::mutex mutex_;  // guards received_
  std::condition_variable arrived_;
  std::vector<Received> received_;
  std::thread thread_;
};

/// Encodes a flat map, or any array of bulk strings and `:integers`.
std::string array(const Words& items);
std::string bulk(const std::string& text);

/// An Answer of a bank where every PIN is 4711 and every balance 125.00.
std::string check_pin(FakeServer&, const Received& one);

}  // namespace test
