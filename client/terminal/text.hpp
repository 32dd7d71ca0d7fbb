#pragma once

/// Makes text safe for a terminal or a shell, and aligns it.

#include <string>
#include <string_view>
#include <vector>

namespace client {

/// Returns a copy that is safe to print: control characters (C0, DEL, C1), bidirectional overrides
/// and bytes that are not UTF-8 become `\xNN`. With `keep_lines`, line ends are kept.
std::string printable(std::string_view text, bool keep_lines = false);

/// Returns the word quoted for a POSIX shell, if it needs quotes.
std::string shell_quoted(std::string_view word);

/// Returns the cells in columns two spaces apart, one line for each row; rows may differ in length.
/// Columns for which `right` is true are aligned to the right.
std::string columns(const std::vector<std::vector<std::string>>& rows,
                    const std::vector<bool>& right);

/// Returns the text without the blanks, tabs and line ends around it.
std::string trimmed(const std::string& text);

/// Returns what `text` holds before the next `end`, and removes both from it.
std::string_view take_until(std::string_view& text, char end);

}  // namespace client
