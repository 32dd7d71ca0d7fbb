#pragma once

/// The log: one line for each event, on standard error.
///
///     2026-01-31T09:30:00.123Z warning event=login_failed account=42 client=7 address=unix
///
/// The time is UTC. A value that contains a blank, a quote, "=" or any byte that is not printable
/// ASCII is in double quotes, with \" \\ and \xHH inside: no peer can forge a line or a field.

#include <array>
#include <memory>
#include <string>

#include "server/bank/events.hpp"
#include "server/seam/seam.hpp"

namespace spdlog {
class logger;
}

namespace server {

/// Any thread.
class Log final : public bank::Events {
 public:
  /// `level` is debug, info, warn, error or off: less severe events are counted only.
  explicit Log(const std::string& level);
  ~Log() override;
  void record(bank::Event event, const std::vector<bank::Field>& fields) override;
  void add(bank::Event event) override;
  std::int64_t count(bank::Event event) const override;

 private:
  const std::unique_ptr<spdlog::logger> logger_;
  std::array<seam::Atomic<std::int64_t>, bank::event_table.size()> counts_;
};

/// The value of a field as it is written. Pure.
std::string quoted(const std::string& value);

/// From now on a failed allocation ends the process: one line in the log, no unwinding, exit status
/// 1. As after kill -9, the next start finds every committed change, and keys make retries safe.
void end_when_out_of_memory();

}  // namespace server
