#pragma once

/// Decides what a reply means for its request: final, or worth another attempt.

#include <chrono>

#include "client/wire/reply.hpp"

namespace client {

enum class Next {
  finished,    // the reply is final
  again,       // send the request again on the same connection
  again_anew,  // send it again on a new connection
};

/// Returns `again` for BUSY and INPROGRESS, `again_anew` for SHUTDOWN and UNKNOWN (the server
/// stops, or has to restart first), `finished` for any other reply.
Next next_step(const Reply& reply);

/// True if `reply`, to a repeated write, also decides its earlier attempts. It does if the server
/// looked up the key before it replied: success, or a refusal that comes after the look-up. A
/// deadline, or a cancel that leaves no trace of the key, may have ended the request before it.
bool settles_earlier_attempts(const Reply& reply);

/// True if, after `reply`, this attempt may have taken effect, or another request with the same key
/// may be under way.
bool is_unresolved(const Reply& reply);

/// The time between attempts: from 50 ms it grows to a second, and each is shortened at random by
/// up to a half, so that clients refused at the same time do not return at the same time.
class Backoff {
 public:
  std::chrono::milliseconds next();

 private:
  unsigned tries_ = 0;
};

}  // namespace client
