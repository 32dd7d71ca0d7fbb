#pragma once

/// A complete server in this process, with a ledger in memory, a thread for the boss, real workers
/// and real sockets.

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "server/boss.hpp"
#include "server/log.hpp"
#include "tests/db/memory/memory_ledger.hpp"

namespace fuzz {

/// The options that an input chooses.
struct Manner {
  cancel::Mechanism mechanism = cancel::Mechanism::token;
  bool thread_per_request = false;
  bool tight = false;  // one worker and a queue of two
};

inline constexpr ledger::AccountId accounts = 3;
inline constexpr ledger::Cents opening_balance = 1000;
inline constexpr const char* pin = "2580";
inline constexpr const char* teller_secret = "sesame";

class House {
 public:
  /// Opens accounts 1 to `accounts`. Creates the operator's socket in that folder.
  House(const std::filesystem::path& folder, const Manner& manner);
  ~House();
  House(const House&) = delete;
  House& operator=(const House&) = delete;

  int port() const { return port_; }
  const std::string& operators_socket() const { return socket_; }
  /// Returns whether the boss has drained.
  bool over() const { return over_.load(); }

  /// Releases all held requests. Does not block.
  void let_go();
  /// Returns whether no request, buffer or mutex is left.
  bool quiet();
  /// Drains and waits for the end. Returns the exit status.
  int close();
  /// Returns the violations in the books. To be called after close().
  std::string wrong_in_books();

 private:
  server::Options options(const Manner& manner) const;

  const std::string socket_;
  const std::unique_ptr<ledger::Ledger> ledger_;
  server::Log log_;
  server::Boss boss_;
  int port_ = 0;
  std::atomic<bool> over_{false};
  std::atomic<int> status_{0};
  std::thread thread_;
};

}  // namespace fuzz
