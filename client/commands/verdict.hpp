#pragma once

/// What CANCEL and TXN CANCEL answer, in words.

#include <string>

#include "client/wire/reply.hpp"

namespace client {

/// One sentence without a full stop.
std::string verdict_in_words(const Reply& verdict);

}  // namespace client
