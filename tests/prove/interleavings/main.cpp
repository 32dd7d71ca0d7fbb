/// Searches for an order of threads in which the shipped code breaks its promise.
///
/// plan.hpp describes the plans, invariants.hpp the promise, tests/scheduler/chooser.hpp the
/// guarantees of each search.

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "client/terminal/timeline.hpp"
#include "tests/prove/interleavings/crew.hpp"
#include "tests/prove/interleavings/plans.hpp"
#include "tests/prove/interleavings/world.hpp"

using explore::Body;
using interleavings::Explored;
using interleavings::Extent;
using interleavings::Plan;
using interleavings::Tally;

namespace {

struct Wanted {
  bool full = false;
  std::string only;
  std::string plan;
  std::uint64_t seed = 1;
  std::string replay;
  std::string schedule;
  std::string svg;
};

/// Looks for a failing run with few preemptions, which is the easiest to understand.
Explored with_simplest(Explored explored, const Body& body) {
  for (int preemptions = 0; explored.failure && preemptions <= 2; ++preemptions) {
    const auto simple = explore::exhaustive({.most_runs = 3000, .preemptions = preemptions}, body);
    if (!simple.failure) continue;
    explored.failure = simple.failure;
    break;
  }
  return explored;
}

/// Runs every class of orders if `most` runs suffice; else every order with few preemptions if
/// `most_more` runs suffice.
Explored systematically(const Body& body, std::size_t most, int preemptions,
                        std::size_t most_more) {
  auto explored = Explored::from(explore::exhaustive({.most_runs = most}, body), Extent::truncated);
  if (explored.extent == Extent::truncated && !explored.failure && most_more > 0) {
    auto few = Explored::from(
        explore::exhaustive({.most_runs = most_more, .preemptions = preemptions}, body),
        Extent::truncated);
    if (few.extent == Extent::complete) few.extent = Extent::bounded;
    explored.then(few);
  }
  return with_simplest(explored, body);
}

Explored at_random(const Body& body, std::uint64_t seed, int depth, std::size_t runs) {
  auto explored = Explored::from(explore::pct({}, seed, depth, runs, body), Extent::sampled);
  if (!explored.failure) {
    explored.then(Explored::from(explore::random({}, seed, runs, body), Extent::sampled));
  }
  return with_simplest(explored, body);
}

std::size_t report(const std::string& check, const std::string& what, const Tally& tally,
                   const std::string& remark) {
  std::printf("row\t%s\t%s\t%zu\t%zu\t%s\n", check.c_str(), what.c_str(), tally.runs,
              tally.violations, remark.c_str());
  std::fflush(stdout);
  return tally.violations;
}

std::string counted(const Tally& tally, int preemptions) {
  std::string text = std::to_string(tally.complete) + " of " + std::to_string(tally.plans) +
                     " plans complete (every class of orders)";
  if (tally.bounded > 0) {
    text += ", " + std::to_string(tally.bounded) + " bounded (every order with at most " +
            std::to_string(preemptions) + (preemptions == 1 ? " preemption)" : " preemptions)");
  }
  text += ", " + std::to_string(tally.truncated) + " truncated";
  return text + "; " + std::to_string(tally.redundant) + " further runs repeated another";
}

std::string drawn(const Tally& tally, std::uint64_t seed) {
  return std::to_string(tally.plans) +
         " plans; half by PCT of depth 3: a run finds a fault that needs 3 steps in order with "
         "probability 1/(n k^2 2^w) or more, for n <= " +
         std::to_string(tally.threads) + " threads, k <= " + std::to_string(tally.choices) +
         " choices, w waits with two ends; seed " + std::to_string(seed);
}

std::size_t prove(const Wanted& wanted) {
  std::size_t violations = 0;
  bool asked_for_any = false;
  const auto asked_for = [&](const std::string& check) {
    const bool asked = check.find(wanted.only) != std::string::npos;
    asked_for_any = asked_for_any || asked;
    return asked;
  };
  const auto systematic = [&](const std::string& check, const std::string& what,
                              const std::vector<Plan>& plans, std::size_t most, int preemptions,
                              std::size_t most_more) {
    if (!asked_for(check)) return;
    const bool must_complete = most_more == 0;
    const Tally tally = interleavings::explore_all(
        {check, plans, wanted.plan, must_complete},
        [&](const Body& body) { return systematically(body, most, preemptions, most_more); });
    violations += report(check, what, tally, counted(tally, preemptions));
  };
  const auto lots = [&](const std::string& check, const std::string& what,
                        const std::vector<Plan>& plans, std::size_t runs) {
    if (!asked_for(check)) return;
    const Tally tally = interleavings::explore_all(
        {check, plans, wanted.plan, false},
        [&](const Body& body) { return at_random(body, wanted.seed, 3, runs); });
    violations += report(check, what, tally, drawn(tally, wanted.seed));
  };
  const bool full = wanted.full;
  systematic("interleavings/exhaustive", "orders of two requests and a cancel",
             interleavings::two_and_a_cancel(), full ? 3'000'000 : 3'000, full ? 2 : 1,
             full ? 0 : 10'000);
  systematic("interleavings/pairs", "orders of all pairs", interleavings::pairs(),
             full ? 3'000'000 : 1'000, full ? 2 : 1, full ? 0 : 6'000);
  systematic("interleavings/early", "orders of requests that rest on a change not durable yet",
             interleavings::early_release(), full ? 1'000'000 : 1'000, full ? 2 : 1,
             full ? 1'000'000 : 6'000);
  systematic("interleavings/triples", "orders of a request and two actors that disturb it",
             interleavings::triples(), full ? 1'000'000 : 3'000, full ? 2 : 1,
             full ? 1'000'000 : 20'000);
  lots("interleavings/crowds", "orders of three requests or more, at random",
       interleavings::crowds(), full ? 50'000 : 1'000);
  lots("interleavings/sqlite", "orders over SQLite, at random", interleavings::on_sqlite(),
       full ? 2'000 : 60);
  if (!asked_for_any) throw std::runtime_error("no check has '" + wanted.only + "' in its name");
  return violations;
}

/// For a replay that the program itself aborts.
void print_steps_so_far(int) {
  std::printf("%s\nthe process ended: Aborted\n", explore::columns_so_far().c_str());
  std::fflush(stdout);
  _exit(1);
}

/// Draws a trace, which has lines such as "worker: acquire #3": a lane for each thread, a mark for
/// each step. Throws std::runtime_error if the file exists.
void draw(const std::string& trace, const std::string& path) {
  std::vector<client::Event> events;
  std::istringstream lines(trace);
  for (std::string line; std::getline(lines, line);) {
    const auto colon = std::min(line.find(": "), line.size());
    const auto step = static_cast<std::int64_t>(events.size());
    const std::string what = colon < line.size() ? line.substr(colon + 2) : "";
    events.push_back({step, step, line.substr(0, colon), "point", {what}});
  }
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wx"),
                                                             &std::fclose);
  if (!file) throw std::runtime_error("cannot make the file " + path);
  std::fputs(client::timeline(events, "steps").c_str(), file.get());
}

int replay(const Wanted& wanted) {
  std::signal(SIGABRT, print_steps_so_far);
  const Plan plan = interleavings::parse_plan(wanted.replay);
  const auto result =
      explore::replay({}, wanted.schedule, [&](explore::Run& run) { run_plan(run, plan); });
  if (!result.failure) {
    std::printf("no check fails in this order\n");
    return 0;
  }
  std::printf("%s\n%s\n", result.failure->columns.c_str(), result.failure->what.c_str());
  if (!wanted.svg.empty()) draw(result.failure->trace, wanted.svg);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  Wanted wanted;
  CLI::App app("Searches for an order of threads that breaks the server's promise.");
  app.add_flag("--full", wanted.full, "Search for an hour, not minutes");
  app.add_option("--only", wanted.only, "Run only checks whose name contains this");
  app.add_option("--plan", wanted.plan, "Run only plans whose text contains this");
  app.add_option("--seed", wanted.seed, "Seed of the random searches");
  app.add_option("--replay", wanted.replay, "Run this plan once and print each step");
  app.add_option("--schedule", wanted.schedule, "The order for --replay");
  app.add_option("--svg", wanted.svg, "Draw that run as a timeline, in a new file");
  CLI11_PARSE(app, argc, argv);
  try {
    if (!wanted.replay.empty()) {
      const int status = replay(wanted);
      std::fflush(stdout);
      _exit(status);  // the threads of a stuck run cannot be ended
    }
    return prove(wanted) == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "prove_interleavings: %s\n", error.what());
    return 2;
  }
}
