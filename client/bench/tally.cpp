#include "client/bench/tally.hpp"

#include <sys/resource.h>

namespace client::bench {

namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

ProcessorTime ProcessorTime::now() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return {seconds(usage.ru_utime), seconds(usage.ru_stime)};
}

void count(Counts& counts, std::string_view code) {
  const auto known = counts.find(code);
  if (known != counts.end()) {
    ++known->second;
  } else {
    counts.emplace(code, 1);
  }
}

std::int64_t total(const Counts& counts) {
  std::int64_t sum = 0;
  for (const auto& [code, number] : counts) sum += number;
  return sum;
}

bool contradicts(std::string_view verdict, bool was_done, bool was_cancelled) {
  return (verdict == "CANCELLED" && was_done) || (verdict == "TOOLATE" && was_cancelled);
}

}  // namespace client::bench
