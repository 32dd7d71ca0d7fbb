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

// clang-format off
#define EVENT_ROWS(X) \
  X(start, info) \
  X(drain, info) \
  X(cancel_all, info) \
  X(stop, info) \
  X(reload, info) \
  X(reload_failed, error) \
  X(limits, warn) \
  X(data_exposed, warn) \
  X(not_announced, error) \
  X(login_failed, warn) \
  X(account_locked, warn) \
  X(account_frozen, info) \
  X(account_unfrozen, info) \
  X(account_unlocked, info) \
  X(cancel, info) \
  X(client_killed, info) \
  X(connection_refused, warn) \
  X(connections_accepted_again, info) \
  X(accept_failed, warn) \
  X(accept_works_again, info) \
  X(busy, warn) \
  X(busy_over, info) \
  X(store_refused, error) \
  X(outcome_unknown, error) \
  X(fault, error)

#define EVENT_NAME(id, severity) id,
enum class Event : std::uint8_t { EVENT_ROWS(EVENT_NAME) };
#undef EVENT_NAME

struct EventInfo {
  std::string_view name;
  Severity severity;
};
/// In the order of Event.
#define EVENT_INFO(id, severity) EventInfo{#id, Severity::severity},
inline constexpr auto event_table = std::to_array({ EVENT_ROWS(EVENT_INFO) });
#undef EVENT_INFO
#undef EVENT_ROWS
// clang-format on

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
