#pragma once

/// The boss: the thread that runs the event loop. It accepts connections, admits their requests to
/// the workers it has created, handles signals, delivers cancels, and joins the workers that died
/// of them. It never touches the ledger and never blocks, except to write a log line.

#include <functional>
#include <map>
#include <memory>

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>

#include "server/bank/bank.hpp"
#include "server/bank/events.hpp"
#include "server/bank/transaction.hpp"
#include "server/bank/watch.hpp"
#include "server/cancel/workers.hpp"
#include "server/commands/job_threads.hpp"
#include "server/commands/server.hpp"
#include "server/options.hpp"
#include "server/seam/seam.hpp"
#include "server/shared_call.hpp"
#include "server/spell.hpp"
#include "server/wire/connection.hpp"
#include "server/wire/listener.hpp"

namespace server {

class Boss final : public commands::Server, public wire::Service {
 public:
  /// Listens, and starts the threads for logins and the reserve. Throws std::runtime_error, in one
  /// line, if either fails. The ledger and the events outlive the boss.
  Boss(const Options& options, ledger::Ledger& ledger, bank::Events& events);

  /// Serves until a drain is complete. The calling thread is the boss's thread. Returns the exit
  /// status: 0, or 1 if a COMMIT has failed and its outcome is not known.
  int run();
  /// The line for standard output that says where the server listens.
  std::string ready_line() const;
  /// HOST:PORT for clients.
  std::string address() const { return listener_.address(); }

  // ── For the commands; the boss's thread. See commands::Server. ──────────────────────────────

  bank::Bank& bank() override { return bank_; }
  Facts facts() const override;
  const std::map<std::int64_t, std::shared_ptr<wire::Connection>>& connections() const override {
    return connections_;
  }
  bank::Watch& watch() override { return watch_; }
  bank::Events& events() override { return events_; }
  std::optional<std::string> teller_secret() const override EXCLUDES(secret_mutex_);
  void admit(const std::shared_ptr<wire::Connection>& connection,
             std::vector<std::string> command) override;
  commands::JobThreads& reserve() override { return reserve_; }
  commands::JobThreads& logins() override { return logins_; }
  std::function<void()> after(std::chrono::milliseconds time, std::function<void()> call) override;
  void drain() override { drain_because("DRAIN"); }

  // ── Any thread ──────────────────────────────────────────────────────────────────────────────

  void post(std::function<void()> call) override;

 private:
  /// Changes in this order only; each keeps the restrictions of the one before it.
  enum class Phase : std::uint8_t {
    serving,
    draining,    // no new TCP clients; of transactions only scans; all but running scans may finish
    cancelling,  // whatever can be cancelled is cancelled; no new scans
    exiting      // nothing is in flight, and the loop stops
  };

  // For the wire.
  void execute(const std::shared_ptr<wire::Connection>& client,
               std::vector<std::string> words) override;
  void closed(wire::Connection& client) override;
  void answered_with_error(const wire::Connection& client,
                           const bank::Reply::Error& error) override;
  wire::Callbacks callbacks(wire::Connection::Door door);
  void accepted(wire::Socket socket, wire::Connection::Door door, std::string address);
  void sweep();
  void give_back_memory(seam::Time now);

  // Requests.
  std::optional<bank::Reply> refusal_before_admission(
      const bank::Session& session, const std::vector<std::string>& command) const;
  std::chrono::milliseconds time_limit(const bank::Arguments& asked) const;
  /// Does what other threads have posted: a failed COMMIT, and the work of the pool.
  void run_posted();

  // Stopping: boss_stop.cpp.
  void await_signal();
  void reload();
  void drain_because(const char* why);
  void cancel_all(const char* why);
  void commit_failed();
  void recheck_exit_after(bank::Transaction& transaction);
  void exit_if_idle();
  bool clients_have_everything();

  const Options options_;
  bank::Events& events_;
  const seam::Time started_;
  asio::io_context loop_;
  asio::signal_set signals_;
  asio::steady_timer sweep_timer_;
  SharedCall run_posted_;  // any thread requests it
  seam::Atomic<bool> commit_failed_{false};
  Phase phase_ = Phase::serving;
  seam::Time exit_at_latest_ = seam::Time::max();
  int exit_status_ = 0;
  std::string why_it_stops_;
  seam::Time last_request_;
  bool memory_to_give_back_ = false;  // requests were served since memory was given back
  std::int64_t next_connection_ = 1;
  std::int64_t commands_ = 0;  // executed or refused

  // Any thread.
  Spell busy_;
  Spell connections_refused_;
  Spell accept_failures_;
  mutable seam::Mutex secret_mutex_;
  std::optional<std::string> teller_secret_ GUARDED_BY(secret_mutex_);

  // The boss's thread, unless the type allows others.
  bank::Watch watch_;
  bank::Bank bank_;
  std::map<std::int64_t, std::shared_ptr<wire::Connection>> connections_;
  cancel::WorkerPool workers_;
  wire::Listener listener_;
  wire::AdminListener admin_listener_;
  commands::JobThreads logins_;
  commands::JobThreads reserve_;
};

}  // namespace server
