#pragma once

/// The verdicts of CANCEL and TXN CANCEL, in words.

#include <string>

#include "client/wire/reply.hpp"

namespace client {

/// Returns one sentence without a full stop.
std::string verdict_in_words(const Reply& verdict);

}  // namespace client
