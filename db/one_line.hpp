#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ledger {

/// Returns the text as one line of UTF-8, fit for a log or a reply: a blank for every control
/// character and every one that breaks lines, reorders text or is invisible, a question mark for
/// every byte that is not UTF-8, and at most `most` bytes, cut between two characters. For text
/// that a peer chose, or that SQLite quotes from a file. Pure; any thread.
std::string one_line(std::string_view text, std::size_t most = SIZE_MAX);

}  // namespace ledger
