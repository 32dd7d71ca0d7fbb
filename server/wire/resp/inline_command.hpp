#pragma once

/// Commands as people type them: one line of words between blanks, quoted as in Redis.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wire::resp {

/// Splits a line into words; none if it is blank. A line end is a blank like others. Returns
/// std::nullopt if a quote is left open, or a closing quote is followed by anything but a blank.
///
/// In "double quotes" \n \r \t \b \a and \xHH are special, and \ before another character is that
/// character. In 'single quotes' only \' is special. A word may contain any byte, zero included.
std::optional<std::vector<std::string>> split_inline(std::string_view line);

/// True if the words begin an HTTP request. Any web page can make a browser send one here, with an
/// attacker's commands in its body, so the caller must read nothing after this line. No command of
/// the server is called POST or Host:, and none is an HTTP verb followed by a path.
bool is_http(const std::vector<std::string>& words);

}  // namespace wire::resp
