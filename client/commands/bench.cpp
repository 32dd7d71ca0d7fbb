/// The load generator: turns a command into a plan, logs in on all connections, runs the plan.

#include <algorithm>

#include <sys/resource.h>

#include "client/bench/load.hpp"
#include "client/commands/bench_report.hpp"
#include "client/commands/courier.hpp"
#include "client/commands/handlers.hpp"
#include "client/commands/run.hpp"

namespace client {

namespace {

using bench::Operation;
using bench::Plan;
using std::to_string;

constexpr std::int64_t default_requests = 10'000;
constexpr std::int64_t default_connections = 8;
// Files, sockets and pipes that are no connections of the benchmark.
constexpr rlim_t other_descriptors = 50;

// A fifth of the time, from a fifth of a second to two seconds.
Clock::duration warm_up_before(std::chrono::milliseconds time) {
  using namespace std::chrono_literals;
  return std::clamp<std::chrono::milliseconds>(time / 5, 200ms, 2000ms);
}

bool needs_account(const std::vector<bench::Share>& mix) {
  return !std::all_of(mix.begin(), mix.end(), [](const bench::Share& share) {
    return share.operation == Operation::ping || share.operation == Operation::get ||
           share.operation == Operation::incrby;
  });
}

Plan plan_of(const Run& run, const Command& command) {
  Plan plan;
  // The parser has checked the option.
  if (!command.op.empty()) plan.mix = *bench::parse_mix(command.op);
  plan.first_account =
      needs_account(plan.mix) ? run.account_of(command) : run.settings().account.value_or(1);
  plan.accounts = command.accounts.value_or(1);
  plan.random_accounts = command.random_accounts;
  plan.random_keys = command.random_keys;
  plan.amount = command.amount.value_or(1);
  plan.seed = static_cast<std::uint64_t>(command.seed.value_or(1));
  plan.cancels_percent = command.cancels.value_or(0);
  plan.rate = command.rate;
  plan.longest_silence = longest_wait(run.settings().retry_for);
  if (command.seconds) {
    const std::chrono::seconds time(*command.seconds);
    plan.time = time;
    plan.warm_up = warm_up_before(time);
  } else {
    plan.requests = command.requests.value_or(default_requests);
  }
  return plan;
}

void check(const Command& command, const Plan& plan) {
  if (command.seconds && command.requests) {
    throw UsageError("give --requests or --seconds, not both");
  }
  if (bench::contains(plan.mix, Operation::transfer) && plan.accounts < 2) {
    throw UsageError("transfers go from account to account: give --accounts 2 or more");
  }
}

// Raises this process's limit of open files to what so many connections need.
void allow_descriptors(std::size_t connections) {
  const rlim_t needed = connections + other_descriptors;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= needed) return;
  if (limit.rlim_max < needed) {
    throw UsageError(to_string(connections) + " connections need " + to_string(needed) +
                     " open files, and the limit is " + to_string(limit.rlim_max) +
                     "; raise it (ulimit -Hn) or give fewer --connections");
  }
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Returns a session that is not open yet. A Redis server wants no login, and an operator sends
// none.
Session first_session(Run& run, const Command& command, const Plan& plan) {
  if (!bench::is_for_redis(plan.mix)) return run.session_for(command).sibling();
  return {*parse_endpoint(run.settings().server), Login{}, run.interrupt()};
}

// Opens the connections, one after the other. Returns the failure of the first one that fails.
std::optional<Ending> open_lanes(const Session& first, const Plan& plan, std::size_t connections,
                                 bench::Load& load) {
  for (std::size_t i = 0; i < connections; ++i) {
    const Until until = Clock::now() + plan.longest_silence;
    Session requests = first.sibling();
    if (auto failure = failure_to_open(requests, until)) return failure;
    std::optional<bench::Channel> cancels;
    if (plan.cancels_percent > 0) {
      Session other = first.sibling();
      if (auto failure = failure_to_open(other, until)) return failure;
      cancels.emplace(std::move(other));
    }
    load.add(bench::Channel(std::move(requests)), std::move(cancels));
  }
  return std::nullopt;
}

}  // namespace

Report perform_bench(Run& run, const Command& command) {
  const Plan plan = plan_of(run, command);
  check(command, plan);
  const std::int64_t most = plan.requests.value_or(INT64_MAX);
  const auto connections =
      static_cast<std::size_t>(std::min(command.connections.value_or(default_connections), most));
  allow_descriptors(plan.cancels_percent > 0 ? 2 * connections : connections);
  try {
    const Session first = first_session(run, command, plan);
    bench::Load load(plan, run.interrupt());
    if (const auto failure = open_lanes(first, plan, connections, load)) return failed(*failure);
    return report_of(load.run(), plan, connections);
  } catch (const ConnectionLost& failure) {
    const std::string why = std::string("the benchmark broke off: ") + failure.what();
    return failed(Ending{Ending::Kind::unknown, {}, why, {}});
  }
}

}  // namespace client
