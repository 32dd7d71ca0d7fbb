// How the boss stops: signals, drain, and the moment of the exit.

#include <csignal>

#include "server/boss.hpp"
#include "server/commands/txn.hpp"

namespace server {
namespace {

// The time that slow clients have, after the last cancel, to read their replies.
constexpr auto last_patience = std::chrono::seconds(5);

const char* name_of(int signal) {
  if (signal == SIGXCPU) return "SIGXCPU";
  return signal == SIGINT ? "SIGINT" : "SIGTERM";
}

}  // namespace

void Boss::await_signal() {
  signals_.async_wait([this](const asio::error_code& error, int number) {
    if (error) return;
    await_signal();
    if (number == SIGHUP && phase_ != Phase::serving) return;  // a reload would delay the exit
    if (number == SIGHUP) return reload();
    if (phase_ == Phase::serving) return drain_because(name_of(number));
    cancel_all("a second signal");
  });
}

/// Reads the tellers' secret again, on the reserve because that may block. If it fails, the former
/// secret stays in force.
void Boss::reload() {
  if (options_.teller_secret_file.empty()) {
    return events_.record(bank::Event::reload, {{"reloaded", "nothing"}});
  }
  reserve_.submit([this] {
    try {
      std::string secret = read_teller_secret(options_.teller_secret_file, Reading::again);
      const seam::Lock lock(secret_mutex_);
      teller_secret_ = std::move(secret);
    } catch (const std::exception& error) {
      return events_.record(bank::Event::reload_failed, {{"why", error.what()}});
    }
    events_.record(bank::Event::reload, {{"reloaded", "teller-secret-file"}});
  });
}

std::optional<std::string> Boss::teller_secret() const {
  const seam::Lock lock(secret_mutex_);
  return teller_secret_;
}

void Boss::drain_because(const char* why) {
  if (phase_ != Phase::serving) return;
  phase_ = Phase::draining;
  why_it_stops_ = why;
  events_.record(bank::Event::drain, {{"why", why}, {"in_flight", bank_.transactions.size()}});
  listener_.close();
  for (const auto& transaction : bank_.transactions.all()) {
    recheck_exit_after(*transaction);
    // A drain does not wait for a long read, which changes nothing and can be run again.
    if (!is_scan(transaction->arguments().operation)) continue;
    transaction->cancel(bank::order_of(bank::Reason::shutdown), [](cancel::Verdict) {});
  }
  commands::clear_holds(bank_);
  after(options_.drain_timeout, [this] { cancel_all("the drain timeout"); });
  exit_if_idle();
}

void Boss::cancel_all(const char* why) {
  if (phase_ >= Phase::cancelling) return;
  phase_ = Phase::cancelling;
  exit_at_latest_ = seam::now() + last_patience;
  events_.record(bank::Event::cancel_all, {{"why", why}, {"in_flight", bank_.transactions.size()}});
  commands::cancel_all(
      bank_, std::nullopt, bank::order_of(bank::Reason::shutdown),
      [](cancel::Verdict, const auto&) {}, [](std::int64_t) {});
}

/// Stops the server: it cannot know what was stored, so it serves nothing that could rest on it.
void Boss::commit_failed() {
  exit_status_ = 1;
  drain_because("a COMMIT failed; the next start finds its outcome");
  cancel_all("a COMMIT failed");
}

void Boss::recheck_exit_after(bank::Transaction& transaction) {
  transaction.on_finished([this] { post([this] { exit_if_idle(); }); });
}

/// Closes every connection once no reply is owed to any. Returns true when each client's system has
/// acknowledged every byte: exiting earlier could discard replies on their way.
bool Boss::clients_have_everything() {
  const auto all = connections_;  // a copy, since a connection that is closed leaves the map
  for (const auto& [id, connection] : all) {
    if (connection->owes_reply()) return false;
  }
  bool everything = true;
  for (const auto& [id, connection] : all) everything = connection->close_for_exit() && everything;
  return everything;
}

/// Ends the loop if nothing is left to do. Called whenever that may have changed, and by the sweep.
void Boss::exit_if_idle() {
  if (phase_ == Phase::serving || phase_ == Phase::exiting) return;
  if (bank_.transactions.size() > 0 || !logins_.idle() || !reserve_.idle()) return;
  if (seam::now() < exit_at_latest_ && !clients_have_everything()) return;
  phase_ = Phase::exiting;
  admin_listener_.close();
  sweep_timer_.cancel();
  signals_.cancel();
  const auto all = std::exchange(connections_, {});
  for (const auto& [id, connection] : all) connection->close_now();
  loop_.stop();
}

}  // namespace server
