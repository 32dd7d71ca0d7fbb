#pragma once

/// The first word of an error reply.

#include <array>
#include <cstdint>
#include <string_view>

namespace bank {

/// If several apply to a command, the reply is the first in this order, down to `overflow`. The
/// first reply to the same key, word for word, comes between `in_progress` and `dup_key`.
enum class Code : std::uint8_t {
  err,      // the command is malformed
  too_big,  // the command exceeds a limit of the wire
  no_auth,
  no_perm,
  amount,
  shutdown,
  busy,
  in_progress,
  dup_key,
  reversed,
  cancelled,
  no_account,
  frozen,
  funds,
  overflow,
  // The rest never competes with another.
  deadline,
  invalid_handle,
  wrong_pass,
  locked,
  no_proto,
  exec_abort,
  store,    // the ledger could not be written or read; nothing was changed
  unknown,  // the outcome is not known before the next start
};

inline constexpr auto code_names = std::to_array<std::string_view>({
    "ERR",    "TOOBIG",     "NOAUTH",    "NOPERM",   "AMOUNT",        "SHUTDOWN",
    "BUSY",   "INPROGRESS", "DUPKEY",    "REVERSED", "CANCELLED",     "NOACCOUNT",
    "FROZEN", "FUNDS",      "OVERFLOW",  "DEADLINE", "INVALIDHANDLE", "WRONGPASS",
    "LOCKED", "NOPROTO",    "EXECABORT", "STORE",    "UNKNOWN",
});
static_assert(code_names.size() == static_cast<std::size_t>(Code::unknown) + 1);

/// Returns the code as it is on the wire.
constexpr std::string_view name(Code code) {
  return code_names[static_cast<std::size_t>(code)];
}

}  // namespace bank
