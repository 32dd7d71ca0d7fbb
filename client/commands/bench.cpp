/// The load generator.

#include <algorithm>
#include <map>
#include <numeric>

#include <poll.h>

#include "client/commands/courier.hpp"
#include "client/commands/handlers.hpp"
#include "client/commands/percentile.hpp"
#include "client/commands/run.hpp"

namespace client {

namespace {

using std::to_string;

// Keeps one request in flight on each of many connections, all on this thread.
class Bench {
 public:
  Bench(Run& run, const Command& command);
  Report run();

 private:
  struct Lane {
    Session session;
    Clock::time_point sent;
    bool busy = false;
  };

  std::optional<Ending> open_lanes();
  std::vector<std::string> next_request();
  void start(Lane& lane);
  void serve(Lane& lane);
  void wait();
  Report report(Clock::duration elapsed);

  Run& run_;
  const Command& command_;
  const std::string op_;
  const std::int64_t requests_;
  const std::int64_t accounts_;
  const std::int64_t account_;  // the first of them
  KeySource keys_;
  std::vector<Lane> lanes_;
  std::vector<pollfd> watched_;
  std::int64_t started_ = 0;
  std::size_t busy_ = 0;
  std::vector<std::uint32_t> latencies_;  // in microseconds
  std::map<std::string, std::int64_t> errors_;
};

Bench::Bench(Run& run, const Command& command)
    : run_(run),
      command_(command),
      op_(command.op.empty() ? "deposit" : command.op),
      requests_(command.requests.value_or(10'000)),
      accounts_(command.accounts.value_or(1)),
      account_(op_ == "ping" ? 0 : run.account_of(command)) {
  if (op_ == "transfer" && accounts_ < 2) {
    throw UsageError("transfers go from account to account: give --accounts 2 or more");
  }
}

std::optional<Ending> Bench::open_lanes() {
  Session& first = run_.session_for(command_);
  const Until until = Clock::now() + longest_wait(run_.settings().retry_for);
  for (std::int64_t i = 0; i < std::min(command_.connections.value_or(8), requests_); ++i) {
    lanes_.push_back({first.sibling(), {}, false});
    if (auto failure = failure_to_open(lanes_.back().session, until)) return failure;
  }
  return std::nullopt;
}

std::vector<std::string> Bench::next_request() {
  const auto nth = [&](std::int64_t i) { return to_string(account_ + i % accounts_); };
  const std::string account = nth(started_);
  const std::string amount = to_string(command_.amount.value_or(1));
  if (op_ == "ping") return {"PING"};
  if (op_ == "balance") return {"BALANCE", account};
  if (op_ == "deposit") return {"DEPOSIT", account, amount, "KEY", keys_.next()};
  if (op_ == "withdraw") return {"WITHDRAW", account, amount, "KEY", keys_.next()};
  return {"TRANSFER", account, nth(started_ + 1), amount, "KEY", keys_.next()};
}

void Bench::start(Lane& lane) {
  if (started_ == requests_) return;
  lane.sent = Clock::now();
  lane.session.send(next_request(), std::nullopt);
  ++started_;
  ++busy_;
  lane.busy = true;
}

void Bench::serve(Lane& lane) {
  lane.session.connection().take_in();
  const auto reply = lane.session.connection().next();
  if (!reply) return;
  using namespace std::chrono;
  const auto took = duration_cast<microseconds>(Clock::now() - lane.sent).count();
  latencies_.push_back(static_cast<std::uint32_t>(std::min<decltype(took)>(took, UINT32_MAX)));
  if (reply->is_error()) ++errors_[std::string(reply->code())];
  lane.busy = false;
  --busy_;
  start(lane);
}

void Bench::wait() {
  watched_.clear();
  watched_.push_back({run_.interrupt().descriptor(), POLLIN, 0});
  for (Lane& lane : lanes_) {
    // poll() ignores negative descriptors.
    watched_.push_back({lane.busy ? lane.session.connection().descriptor() : -1, POLLIN, 0});
  }
  const auto limit = longest_wait(run_.settings().retry_for);
  const int count = poll(watched_.data(), watched_.size(), static_cast<int>(limit.count()));
  if (const int signal = run_.interrupt().take()) throw Interrupted{signal};
  if (count == 0) throw ConnectionLost("the server did not reply in time");
}

Report Bench::run() {
  if (const auto failure = open_lanes()) return failed(*failure);
  const auto begin = Clock::now();
  try {
    for (Lane& lane : lanes_) start(lane);
    while (busy_ > 0) {
      wait();
      for (std::size_t i = 0; i < lanes_.size(); ++i) {
        if (watched_[i + 1].revents == 0) continue;
        serve(lanes_[i]);
      }
    }
  } catch (const Interrupted&) {
    Report report = this->report(Clock::now() - begin);
    report.status = exit_cancelled;
    return report;
  }
  return report(Clock::now() - begin);
}

std::string milliseconds(double microseconds) {
  char spelled[64];
  std::snprintf(spelled, sizeof spelled, "%.3f ms", microseconds / 1000);
  return spelled;
}

Report Bench::report(Clock::duration elapsed) {
  std::sort(latencies_.begin(), latencies_.end());
  const double seconds = std::chrono::duration<double>(elapsed).count();
  const double rate = static_cast<double>(latencies_.size()) / std::max(seconds, 1e-9);
  char line[160];
  std::snprintf(line, sizeof line,
                "%zu %s requests over %zu connections in %.3f s: %.0f a second\n",
                latencies_.size(), op_.c_str(), lanes_.size(), seconds, rate);
  std::string text = line;
  Json latency = Json::object();
  text += "latency";
  for (const double percent : {50.0, 95.0, 99.0, 100.0}) {
    const std::uint32_t value = percentile(latencies_, percent);
    const std::string name = percent == 100.0 ? "max" : "p" + to_string(static_cast<int>(percent));
    text += " " + name + " " + milliseconds(value);
    latency[name + "_us"] = value;
  }
  text += "\n";
  const double sum = std::accumulate(latencies_.begin(), latencies_.end(), 0.0);
  latency["mean_us"] = latencies_.empty() ? 0 : sum / static_cast<double>(latencies_.size());
  Report report = done(text, {{"op", op_},
                              {"connections", lanes_.size()},
                              {"requests", latencies_.size()},
                              {"seconds", seconds},
                              {"per_second", rate},
                              {"latency", latency},
                              {"errors", Json::object()}});
  for (const auto& [code, count] : errors_) {
    report.text += to_string(count) + " answered " + code + "\n";
    report.json["errors"][code] = count;
    report.status = exit_refused;
  }
  return report;
}

}  // namespace

Report perform_bench(Run& run, const Command& command) {
  try {
    return Bench(run, command).run();
  } catch (const ConnectionLost& failure) {
    const std::string why = std::string("the benchmark broke off: ") + failure.what();
    return failed(Ending{Ending::Kind::unknown, {}, why, {}});
  }
}

}  // namespace client
