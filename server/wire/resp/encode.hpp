#pragma once

#include <string>

#include "server/bank/reply.hpp"

namespace wire::resp {

enum class Version : int { resp2 = 2, resp3 = 3 };

/// Appends the reply as RESP. Version 2 has neither maps nor pushes nor null: they become a flat
/// array of names and values, an array, and a bulk string of length -1. In statuses and errors,
/// which end with their line, control characters become blanks, so that no text can imitate a
/// second reply. Never blocks; any thread.
void encode(const bank::Reply& reply, Version version, std::string& out);

}  // namespace wire::resp
