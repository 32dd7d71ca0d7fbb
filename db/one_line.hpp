#pragma once

#include <string>

namespace ledger {

/// The text with a blank for every control character: fit for a log and for a reply of one line.
/// SQLite quotes what stands in a file, and a damaged file may say anything. Any thread.
std::string one_line(std::string text);

}  // namespace ledger
