#include "client/commands/bench_report.hpp"

#include <algorithm>
#include <cstdarg>
#include <numeric>
#include <utility>

#include "client/bench/percentile.hpp"

namespace client {

namespace {

using bench::Tally;

// As printf.
[[gnu::format(printf, 1, 2)]] std::string formatted(const char* format, ...) {
  char line[200];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  return line;
}

std::string spelled(const std::vector<bench::Share>& mix) {
  if (mix.size() == 1) return std::string(bench::name_of(mix.front().operation));
  std::string text;
  for (const bench::Share& share : mix) {
    text += text.empty() ? "" : ",";
    text += std::string(bench::name_of(share.operation)) + ":" + std::to_string(share.weight);
  }
  return text;
}

void add_latency(Report& report, std::vector<std::uint32_t> latencies) {
  std::sort(latencies.begin(), latencies.end());
  Json& json = report.json["latency"] = Json::object();
  report.text += "latency";
  constexpr std::pair<const char*, double> percentiles[] = {
      {"p50", 50}, {"p95", 95}, {"p99", 99}, {"p99.9", 99.9}, {"max", 100}};
  for (const auto& [name, percent] : percentiles) {
    const std::uint32_t value = percentile(latencies, percent);
    report.text += formatted(" %s %.3f ms", name, value / 1000.0);
    json[std::string(name) + "_us"] = value;
  }
  report.text += "\n";
  const double sum = std::accumulate(latencies.begin(), latencies.end(), 0.0);
  json["mean_us"] = latencies.empty() ? 0 : sum / static_cast<double>(latencies.size());
}

void add_counts(Report& report, const char* name, const char* line, const bench::Counts& counts) {
  Json& json = report.json[name] = Json::object();
  for (const auto& [code, number] : counts) {
    report.text += std::to_string(number) + line + code + "\n";
    json[code] = number;
  }
}

void add_shortfalls(Report& report, const Tally& tally) {
  report.json["missed"] = tally.missed;
  report.json["contradictions"] = tally.contradictions;
  if (tally.missed > 0) {
    report.text += std::to_string(tally.missed) +
                   " were due but not sent, as no connection was free; "
                   "their latencies are missing above\n";
  }
  if (tally.contradictions > 0) {
    report.text += std::to_string(tally.contradictions) +
                   " replies contradict the verdict of the cancel; report this as a bug\n";
  }
}

void add_processor_time(Report& report, const Tally& tally, double seconds) {
  const auto [user, system] = tally.spent;
  const double share = (user + system) / seconds;
  report.json["generator"] = {{"user_seconds", user}, {"system_seconds", system}, {"share", share}};
  report.text += formatted(
      "this program used %.3f s of processor time (%.3f user, %.3f system), %.0f %% of one "
      "processor\n",
      user + system, user, system, 100 * share);
}

int status_of(const Tally& tally, const bench::Plan& plan) {
  if (tally.interrupted) return exit_cancelled;
  const auto cancelled = tally.refusals.find("CANCELLED");
  const bool are_expected = plan.cancels_percent > 0 && cancelled != tally.refusals.end();
  const auto refused = bench::total(tally.refusals) - (are_expected ? cancelled->second : 0);
  return refused > 0 || tally.contradictions > 0 ? exit_refused : exit_done;
}

}  // namespace

Report report_of(Tally tally, const bench::Plan& plan, std::size_t connections) {
  const std::size_t finished = tally.latencies.size();
  const std::int64_t all = static_cast<std::int64_t>(finished) + bench::total(tally.refusals);
  const double seconds = std::max(tally.seconds, 1e-9);
  const double rate = static_cast<double>(finished) / seconds;
  const std::string op = spelled(plan.mix);
  Report report = done(formatted("%zu of %lld %.60s requests done over %zu connections in %.3f s: "
                                 "%.0f a second\n",
                                 finished, static_cast<long long>(all), op.c_str(), connections,
                                 tally.seconds, rate),
                       {{"op", op},
                        {"connections", connections},
                        {"requests", all},
                        {"done", finished},
                        {"seconds", tally.seconds},
                        {"per_second", rate}});
  if (plan.rate) report.json["rate"] = *plan.rate;
  add_latency(report, std::move(tally.latencies));
  add_counts(report, "errors", " answered ", tally.refusals);
  add_counts(report, "verdicts", " cancels answered ", tally.verdicts);
  add_shortfalls(report, tally);
  add_processor_time(report, tally, seconds);
  report.status = status_of(tally, plan);
  return report;
}

}  // namespace client
