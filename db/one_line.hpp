#pragma once

#include <string>

namespace ledger {

/// Returns the text with a blank for every control character, as a log or a reply of one line needs
/// it: SQLite quotes the contents of a file, and a damaged file can contain anything. Any thread.
std::string one_line(std::string text);

}  // namespace ledger
