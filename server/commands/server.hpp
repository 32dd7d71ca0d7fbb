#pragma once

/// The commands' view of the server that runs them. The boss implements it, so the commands do not
/// depend on the boss.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/bank/bank.hpp"
#include "server/bank/events.hpp"
#include "server/bank/watch.hpp"
#include "server/cancel/workers.hpp"
#include "server/commands/job_threads.hpp"
#include "server/wire/connection.hpp"

namespace commands {

using bank::Reply;
using wire::Connection;
namespace resp = wire::resp;
using Client = std::shared_ptr<Connection>;
using Words = std::vector<std::string>;

/// The boss's thread calls all functions, except where one says that any thread may. None
/// blocks, but an event is written to the log at once.
class Server {
 public:
  /// For INFO.
  struct Facts {
    std::chrono::steady_clock::time_point started;
    bool draining = false;
    cancel::WorkerPool::Counts workers;
    std::size_t workers_max = 0;
    std::size_t connections_max = 0;
    std::int64_t connections_received = 0;  // ever, the refused ones included
    std::int64_t commands_processed = 0;    // ever, the refused ones included
  };

  virtual ~Server() = default;

  /// Any thread. The bank lives as long as the server.
  virtual bank::Bank& bank() = 0;
  virtual Facts facts() const = 0;
  /// Every open connection, by its id.
  virtual const std::map<std::int64_t, Client>& connections() const = 0;
  /// Any thread. It observes the transactions of the bank.
  virtual bank::Watch& watch() = 0;
  /// Any thread.
  virtual bank::Events& events() = 0;
  /// Any thread. Empty if the server was given no secret: then no teller can log in.
  virtual std::optional<std::string> teller_secret() const = 0;

  /// Admits the words as a transaction of that client, or answers with the refusal.
  virtual void admit(const Client& client, Words words) = 0;

  /// Any thread. The reserve: its threads run the jobs that may block, except logins.
  virtual JobThreads& reserve() = 0;
  /// Any thread. Runs the logins; a job's key is the account.
  virtual JobThreads& logins() = 0;

  /// Calls `call` on the boss's thread after that time. Returns a function that stops the timer:
  /// `call` is then destroyed uncalled. A second stop, or one after the call, does nothing.
  virtual std::function<void()> after(std::chrono::milliseconds time,
                                      std::function<void()> call) = 0;
  /// Any thread. Calls `call` on the boss's thread, soon.
  virtual void post(std::function<void()> call) = 0;

  /// Begins to drain, as SIGTERM does.
  virtual void drain() = 0;
};

}  // namespace commands
