#pragma once

/// What CANCEL and TXN CANCEL answer, in plain words and as an exit status.

#include <string>

#include "client/wire/reply.hpp"

namespace client {

/// One sentence without a full stop.
std::string verdict_in_words(const Reply& verdict);

/// For a command whose whole purpose is to cancel: done if nothing of it was or will be carried
/// out, refused if it was too late or there is no such transaction, unknown if so.
int verdict_status(const Reply& verdict);

}  // namespace client
