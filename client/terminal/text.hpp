#pragma once

/// Text for a terminal or a shell to be safe with.

#include <string>
#include <string_view>
#include <vector>

namespace client {

/// A copy in which nothing can drive a terminal: control characters (C0, DEL, C1), bidirectional
/// overrides and bytes that are no UTF-8 become `\xNN`. Line ends stay if `keep_lines`.
std::string printable(std::string_view text, bool keep_lines = false);

/// The word as a POSIX shell must be given it; in quotes only if it needs them.
std::string shell_quoted(std::string_view word);

/// Cells in columns two spaces apart, each line ended; rows may differ in length. The columns for
/// which `right` is true are set to the right.
std::string columns(const std::vector<std::vector<std::string>>& rows,
                    const std::vector<bool>& right);

/// Returns what `text` holds before the next `end`, and removes both from it.
std::string_view take_until(std::string_view& text, char end);

}  // namespace client
