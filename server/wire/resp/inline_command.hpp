#pragma once

/// Commands as people type them: one line, words parted by blanks, quoted as in Redis.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wire::resp {

/// The words of a line; none if it is blank. Its line end, if it has one, is a blank like others.
/// Nothing if a quote is left open, or a closing quote is followed by anything but a blank.
///
/// "double quotes" know \n \r \t \b \a and \xHH, and \ before anything else stands for that;
/// 'single quotes' know \' only. Any byte may stand in a word, zero included.
std::optional<std::vector<std::string>> split_inline(std::string_view line);

/// True if the words begin an HTTP request. A browser can be made to send one here, with commands
/// of the attacker's in its body, by any page it visits; so nothing after this line is to be read.
/// No command of ours is called POST or Host:, and none is a verb followed by a path.
bool is_http(const std::vector<std::string>& words);

}  // namespace wire::resp
