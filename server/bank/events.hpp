#pragma once

/// The events that an operator should see. Each is one line in the server's log and a counter in
/// INFO. The program implements the sink; rooms below it only record.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace bank {

enum class Severity : std::uint8_t { info, warn, error };

enum class Event : std::uint8_t {
  start,
  drain,
  cancel_all,
  stop,
  reload,
  reload_failed,
  limits,
  login_failed,
  account_locked,
  account_frozen,
  account_unfrozen,
  account_unlocked,
  cancel,
  client_killed,
  connection_refused,
  connections_accepted_again,
  accept_failed,
  accept_works_again,
  busy,
  busy_over,
  store_refused,
  outcome_unknown,
};

struct EventInfo {
  std::string_view name;
  Severity severity;
};
/// In the order of Event.
inline constexpr auto event_table = std::to_array<EventInfo>({
    {"start", Severity::info},
    {"drain", Severity::info},
    {"cancel_all", Severity::info},
    {"stop", Severity::info},
    {"reload", Severity::info},
    {"reload_failed", Severity::error},
    {"limits", Severity::warn},
    {"login_failed", Severity::warn},
    {"account_locked", Severity::warn},
    {"account_frozen", Severity::info},
    {"account_unfrozen", Severity::info},
    {"account_unlocked", Severity::info},
    {"cancel", Severity::info},
    {"client_killed", Severity::info},
    {"connection_refused", Severity::warn},
    {"connections_accepted_again", Severity::info},
    {"accept_failed", Severity::warn},
    {"accept_works_again", Severity::info},
    {"busy", Severity::warn},
    {"busy_over", Severity::info},
    {"store_refused", Severity::error},
    {"outcome_unknown", Severity::error},
});
static_assert(event_table.size() == static_cast<std::size_t>(Event::outcome_unknown) + 1);

/// One field of a line, name=value. A value may be any text a peer has chosen: the log quotes it.
/// It is never a PIN or a secret.
struct Field {
  Field(std::string_view called, std::string text) : name(called), value(std::move(text)) {}
  template <typename Number, typename = std::enable_if_t<std::is_arithmetic_v<Number>>>
  Field(std::string_view called, Number number) : name(called), value(std::to_string(number)) {}

  std::string_view name;
  std::string value;
};

/// Any thread. A leaf: takes no lock of the seam.
class Events {
 public:
  virtual ~Events() = default;
  /// Writes one line and counts it. Blocks for the write.
  virtual void record(Event event, const std::vector<Field>& fields) = 0;
  /// Only counts it.
  virtual void add(Event event) = 0;
  virtual std::int64_t count(Event event) const = 0;
};

}  // namespace bank
