#include "client/commands/retry.hpp"

#include <algorithm>
#include <array>

#include <sodium.h>

namespace client {

Next next_step(const Reply& reply) {
  if (!reply.is_error()) return Next::finished;
  const auto code = reply.code();
  if (code == "BUSY" || code == "INPROGRESS") return Next::again;
  if (code == "SHUTDOWN" || code == "UNKNOWN") return Next::again_anew;
  return Next::finished;
}

bool settles_earlier_attempts(const Reply& reply) {
  if (!reply.is_error()) return true;
  const auto code = reply.code();
  if (code == "CANCELLED") {
    // These cancels write a tombstone, which the ledger refuses for a key that has been stored.
    const auto message = reply.message();
    return message.starts_with("key ") || message.find(" by customer") != message.npos ||
           message.find(" by operator") != message.npos;
  }
  static constexpr std::array<std::string_view, 8> after_the_key{
      "DUPKEY", "REVERSED", "NOACCOUNT", "FROZEN", "FUNDS", "OVERFLOW", "STORE", "INVALIDHANDLE"};
  return std::find(after_the_key.begin(), after_the_key.end(), code) != after_the_key.end();
}

bool is_unresolved(const Reply& reply) {
  return reply.is_error() && (reply.code() == "UNKNOWN" || reply.code() == "INPROGRESS");
}

std::chrono::milliseconds Backoff::next() {
  const unsigned longest = std::min(50U << std::min(tries_++, 5U), 1000U);
  return std::chrono::milliseconds(longest - randombytes_uniform(longest / 2));
}

}  // namespace client
