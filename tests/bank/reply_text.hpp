#pragma once

/// Replies and commands as text, for tests that compare them.

#include <string>
#include <vector>

#include "server/bank/reply.hpp"

namespace rig {

/// Writes a reply in one line: 5, +OK, -FUNDS account 1 has only 3 cents, [1, 2], {id: 1, kind:
/// deposit}.
std::string text(const bank::Reply& reply);
/// Returns its first word: -FUNDS.
std::string code(const std::string& reply);
/// Splits a command into its words.
std::vector<std::string> split(const std::string& command);

}  // namespace rig
