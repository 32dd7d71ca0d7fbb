#pragma once

/// The boss: the thread that runs the event loop. It accepts connections, reads and frames, admits
/// requests to the workers it has spawned, keeps deadlines and signals, delivers cancels, and joins
/// workers that have died of one. It never blocks and never touches the ledger.

#include <atomic>
#include <functional>
#include <map>
#include <memory>

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>

#include "server/bank/bank.hpp"
#include "server/bank/transaction.hpp"
#include "server/cancel/workers.hpp"
#include "server/commands/job_threads.hpp"
#include "server/commands/server.hpp"
#include "server/options.hpp"
#include "server/wire/connection.hpp"
#include "server/wire/listener.hpp"

namespace server {

class Boss final : public commands::Server, public wire::Service {
 public:
  /// Throws std::runtime_error, in one line, if it cannot listen or has no threads. The ledger
  /// outlives it.
  Boss(const Options& options, ledger::Ledger& ledger);
  ~Boss() override;

  /// Serves until it is told to stop, and nothing is in flight. Returns the exit status: 0, or 1 if
  /// a COMMIT has failed and nobody knows what it stored.
  int run();
  /// For the line that says the server is ready.
  std::string ready_line() const;

  // ── For connections and commands; the boss's thread ─────────────────────────────────────────

  const Options& options() const { return options_; }
  bank::Bank& bank() override { return bank_; }
  Facts facts() const override;
  const std::map<std::int64_t, std::shared_ptr<wire::Connection>>& connections() const override {
    return connections_;
  }
  const std::optional<std::string>& teller_secret() const override {
    return options_.teller_secret;
  }

  void admit(const std::shared_ptr<wire::Connection>& connection,
             std::vector<std::string> command) override;
  bool logins_are_full() const override { return logins_.waiting() >= most_waiting_logins; }
  void run_login(std::int64_t account, Job job) override;
  void run_job(Job job) override;
  std::function<void()> after(std::chrono::milliseconds time, std::function<void()> call) override;
  void drain() override;

  // ── Any thread ──────────────────────────────────────────────────────────────────────────────

  void post(std::function<void()> call) override;

 private:
  static constexpr std::size_t most_waiting_logins = 1024;
  void execute(const std::shared_ptr<wire::Connection>& client,
               std::vector<std::string> words) override;
  void closed(wire::Connection& client) override;
  wire::Callbacks callbacks(wire::Connection::Door door);
  void accepted(wire::Socket socket, wire::Connection::Door door, std::string address);
  std::optional<bank::Reply> refused_at_the_door(const bank::Session& session,
                                                 const std::vector<std::string>& command) const;
  void await_signal();
  void stop_now(const char* why);
  void commit_failed();
  void sweep();
  void finish_when_quiet();
  bool quiet() const;
  bool send_away();
  void call_attend() noexcept;
  void attend();
  bank::Transaction::Services services();

  const Options options_;
  const std::chrono::steady_clock::time_point started_;
  asio::io_context loop_;
  asio::signal_set signals_;
  asio::steady_timer sweep_timer_;
  std::atomic<bool> attend_posted_{false};
  std::atomic<bool> commit_failed_{false};
  bool draining_ = false;
  bool finishing_ = false;
  bool cancelled_all_ = false;
  std::chrono::steady_clock::time_point cancelled_all_at_;
  int exit_status_ = 0;
  std::int64_t next_connection_ = 1;

  bank::Bank bank_;
  std::map<std::int64_t, std::shared_ptr<wire::Connection>> connections_;
  cancel::WorkerPool workers_;
  wire::Listener listener_;
  wire::AdminListener admin_listener_;
  commands::JobThreads logins_;
  commands::JobThreads reserve_;
};

}  // namespace server
