#include "client/lesson/timing.hpp"

#include <array>
#include <cstdio>
#include <functional>

namespace lesson {

double read_clock(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

double cpu_time(pid_t process) {
  clockid_t clock{};
  clock_getcpuclockid(process, &clock);
  return read_clock(clock);
}

double middle(std::vector<double> of) {
  std::sort(of.begin(), of.end());
  return of[of.size() / 2];
}

Ratios::Ratios(const std::vector<double>& these, const std::vector<double>& those) {
  std::vector<double> all(these.size());
  std::transform(these.begin(), these.end(), those.begin(), all.begin(), std::divides<>());
  low = *std::min_element(all.begin(), all.end());
  high = *std::max_element(all.begin(), all.end());
  middle = lesson::middle(all);
}

std::string Ratios::spelled() const {
  return format("%.2f (", middle) + format("%.2f", low) + format(" to %.2f)", high);
}

std::string format(const char* how, double number) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), how, number);
  return text.data();
}

std::string in_us(double nanoseconds) {
  return format("%.1f us", nanoseconds / 1000);
}

OneCpu::OneCpu() {
  sched_getaffinity(0, sizeof all_, &all_);
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(sched_getcpu()), &one);
  sched_setaffinity(0, sizeof one, &one);
}

OneCpu::~OneCpu() {
  sched_setaffinity(0, sizeof all_, &all_);
}

}  // namespace lesson
