#include "server/boss.hpp"

#include <algorithm>
#include <csignal>

#include <asio/post.hpp>
#include <malloc.h>

#include "server/bank/refusals.hpp"
#include "server/commands/table.hpp"
#include "server/commands/txn.hpp"

namespace server {
namespace {

using wire::Connection;

constexpr std::size_t login_threads = 2;
constexpr std::size_t reserve_threads = 4;
constexpr auto sweep_every = std::chrono::milliseconds(250);
// This many clients beyond --connections-max may linger to read BUSY; more are closed at once.
constexpr std::size_t refused_limit = 32;

}  // namespace

Boss::Boss(const Options& options, ledger::Ledger& ledger, bank::Events& events)
    : options_(options),
      events_(events),
      started_(seam::now()),
      signals_(loop_, SIGTERM, SIGINT, SIGHUP),
      sweep_timer_(loop_),
      run_posted_([this](std::function<void()> call) { post(std::move(call)); },
                  [this] { run_posted(); }),
      busy_(events, bank::Event::busy, bank::Event::busy_over),
      connections_refused_(events, bank::Event::connection_refused,
                           bank::Event::connections_accepted_again),
      accept_failures_(events, bank::Event::accept_failed, bank::Event::accept_works_again),
      teller_secret_(options.teller_secret),
      bank_(ledger,
            {options.mechanism, options.teaching,
             options.cheap_pins ? bank::Pins::Cost::cheap : bank::Pins::Cost::service,
             [this]() noexcept {
               commit_failed_.store(true);
               run_posted_.request();
             },
             [this](const std::string& why) {
               events_.record(bank::Event::fault, {{"why", why}});
             },
             [this](std::function<void()> job) { reserve_.submit(std::move(job)); }, &watch_}),
      workers_({options.workers_max, options.queue_max, options.worker_idle},
               [this] { run_posted_.request(); }),
      listener_(loop_, options.listen, callbacks(Connection::Door::tcp)),
      admin_listener_(loop_, options.admin_socket, callbacks(Connection::Door::admin)),
      logins_(login_threads),
      reserve_(reserve_threads) {
  signals_.add(SIGXCPU);
}

std::string Boss::ready_line() const {
  return "atm-server ready on " + listener_.address() + ", admin " + options_.admin_socket;
}

Boss::Facts Boss::facts() const {
  return {started_,
          phase_ != Phase::serving,
          workers_.counts(),
          options_.workers_max,
          options_.connections_max,
          next_connection_ - 1,
          commands_};
}

int Boss::run() {
  await_signal();
  sweep();
  listener_.accept();
  admin_listener_.accept();
  loop_.run();
  workers_.stop();
  connections_.clear();
  const auto up = std::chrono::duration_cast<std::chrono::seconds>(seam::now() - started_);
  events_.record(bank::Event::stop,
                 {{"why", why_it_stops_}, {"status", exit_status_}, {"uptime_s", up.count()}});
  return exit_status_;
}

void Boss::post(std::function<void()> call) {
  asio::post(loop_, std::move(call));
}

std::function<void()> Boss::after(std::chrono::milliseconds time, std::function<void()> call) {
  auto timer = std::make_shared<asio::steady_timer>(loop_, time);
  timer->async_wait([timer, call = std::move(call)](const asio::error_code& error) {
    if (!error) call();
  });
  return [timer] { timer->cancel(); };
}

// ── Connections ─────────────────────────────────────────────────────────────────────────────────

wire::Callbacks Boss::callbacks(Connection::Door door) {
  return {[this, door](wire::Socket socket, std::string address) {
            accepted(std::move(socket), door, std::move(address));
          },
          [this](const std::string& why) {
            accept_failures_.happens({{"why", why}});
          }};
}

void Boss::accepted(wire::Socket socket, Connection::Door door, std::string address) {
  const std::int64_t id = next_connection_++;
  auto connection = std::make_shared<Connection>(*this, options_.client_timeouts, std::move(socket),
                                                 id, door, std::move(address));
  connections_.emplace(id, connection);
  if (door == Connection::Door::admin || connections_.size() <= options_.connections_max) {
    return connection->start();
  }
  connections_refused_.happens(
      {{"address", connection->address()}, {"connections_max", options_.connections_max}});
  const bool may_linger = connections_.size() <= options_.connections_max + refused_limit;
  connection->answer(bank::Reply::error(bank::Code::busy, "too many connections; try again later"));
  if (may_linger) return connection->close_after_reply();
  connection->close_now();
}

void Boss::execute(const std::shared_ptr<Connection>& client, std::vector<std::string> words) {
  ++commands_;
  last_request_ = seam::now();
  memory_to_give_back_ = true;
  commands::execute(*this, client, std::move(words));
}

/// Records the errors whose cause is the server, not the request.
void Boss::answered_with_error(const Connection& client, const bank::Reply::Error& error) {
  const std::vector<bank::Field> fields = {
      {"client", client.id()}, {"address", client.address()}, {"why", error.text}};
  if (error.code == bank::Code::busy) busy_.happens(fields);
  if (error.code == bank::Code::store) events_.record(bank::Event::store_refused, fields);
  if (error.code == bank::Code::unknown) events_.record(bank::Event::outcome_unknown, fields);
}

void Boss::closed(Connection& client) {
  connections_.erase(client.id());
  if (phase_ != Phase::serving) post([this] { exit_if_idle(); });
}

void Boss::sweep() {
  sweep_timer_.expires_after(sweep_every);
  sweep_timer_.async_wait([this](const asio::error_code& error) {
    if (!error) sweep();
  });
  run_posted();  // starts workers that the system refused before
  const seam::Time now = seam::now();
  const auto all = connections_;  // a copy, since a connection that is closed leaves the map
  for (const auto& [id, connection] : all) connection->sweep(now);
  busy_.sweep(now);
  connections_refused_.sweep(now);
  accept_failures_.sweep(now);
  give_back_memory(now);
  exit_if_idle();
}

/// After a crowd, returns free memory to the system; the allocator keeps it otherwise.
void Boss::give_back_memory(seam::Time now) {
  constexpr auto quiet = std::chrono::seconds(1);
  if (!memory_to_give_back_ || now - last_request_ < quiet || bank_.transactions.size() > 0) return;
  memory_to_give_back_ = false;
  reserve_.submit([] { ::malloc_trim(0); });
}

// ── Requests ────────────────────────────────────────────────────────────────────────────────────

/// Returns the refusal of a command whose client has not logged in or has since changed its PIN, or
/// that arrives during a drain (then a scan is admitted until all is cancelled). A malformed
/// command is refused as such first.
std::optional<bank::Reply> Boss::refusal_before_admission(
    const bank::Session& session, const std::vector<std::string>& command) const {
  const bool outdated = bank_.pin_versions.is_outdated(session);
  const bool logged_in = session.role != bank::Role::nobody && !outdated;
  if (phase_ == Phase::serving && logged_in) return std::nullopt;
  const bank::Arguments asked =
      bank::parse_arguments(command, outdated ? bank::Session{} : session);
  if (outdated && asked.fault && asked.fault->as_error()->code == bank::Code::no_auth) {
    return bank::refusals::pin_changed(session.account);
  }
  if (asked.fault) return asked.fault;
  if (is_scan(asked.operation) && phase_ < Phase::cancelling) return std::nullopt;
  return bank::refusals::shutting_down(asked.claims_key());
}

/// Returns the smaller of the server's limit and the client's TIMEOUT. Zero: no limit.
std::chrono::milliseconds Boss::time_limit(const bank::Arguments& asked) const {
  if (is_scan(asked.operation)) return {};
  const auto most = options_.request_timeout;
  if (!asked.timeout) return most;
  return most.count() == 0 ? *asked.timeout : std::min(most, *asked.timeout);
}

void Boss::admit(const std::shared_ptr<Connection>& connection, std::vector<std::string> command) {
  if (const auto refusal = refusal_before_admission(*connection->session(), command)) {
    return connection->answer(*refusal);
  }
  const auto txn = bank::Transaction::admit(
      bank_, std::move(command), {connection, connection->session(), connection->id()},
      {&workers_, [this](std::function<void()> job) { reserve_.submit(std::move(job)); }});
  const bank::Arguments& asked = txn->arguments();
  connection->answered_by(txn, time_limit(asked));
  if (phase_ != Phase::serving) recheck_exit_after(*txn);
  if (txn->hold_if_asked(static_cast<cancel::PointIndex>(bank::Point::queued))) return;
  // A scan orders nothing.
  const bool crowded = bank_.commits.is_crowded() && !is_scan(asked.operation);
  if (!crowded && workers_.admit(txn) == cancel::WorkerPool::Admission::admitted) return;
  if (const auto refusal = txn->undo_admission()) connection->answer(*refusal);
}

void Boss::run_posted() {
  if (commit_failed_.load() && exit_status_ == 0) commit_failed();
  workers_.run_posted();
}

}  // namespace server
