#pragma once

/// Replies and commands as text, for tests that compare them.

#include <string>
#include <vector>

#include "server/bank/reply.hpp"

namespace rig {

/// A reply in one line: 5, +OK, -FUNDS account 1 has only 3 cents, [1, 2], {id: 1, kind: deposit}.
std::string text(const bank::Reply& reply);
/// Its first word: -FUNDS.
std::string code(const std::string& reply);
/// A command's words.
std::vector<std::string> split(const std::string& command);

}  // namespace rig
