#pragma once

/// What an answer means for a request: is it over, or is it worth another try?

#include <chrono>

#include "client/wire/reply.hpp"

namespace client {

enum class Next {
  finished,    // this is the request's own end
  again,       // not now: ask again on the same connection
  again_anew,  // not here: ask again on a new connection
};

/// SHUTDOWN and UNKNOWN call for a new connection (the server goes, or must first restart), BUSY
/// and INPROGRESS for patience. Anything else is the end.
Next next_step(const Reply& reply);

/// True if `answer`, given to a repeated write, also says what became of its earlier attempts. It
/// does if the server got as far as looking up the key: success, or a refusal that is decided after
/// it. A deadline, or a cancel that leaves no trace of the key, may have struck before.
bool settles_earlier_attempts(const Reply& answer);

/// True if `answer` leaves open whether this very attempt took effect, or another with the same
/// key that is still under way.
bool leaves_doubt(const Reply& answer);

/// Waits that grow from 50 ms to a second, each shortened at random by up to a half, so that
/// clients turned away together do not come back together.
class Backoff {
 public:
  std::chrono::milliseconds next();

 private:
  unsigned tries_ = 0;
};

}  // namespace client
