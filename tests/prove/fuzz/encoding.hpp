#pragma once

#include <string_view>

namespace fuzz {

/// Makes a reply of the bytes, writes it in both versions of RESP, and reads it as a client does:
/// the same must come back, and nothing be left over. Fails if not.
void check_encoding(std::string_view bytes);

}  // namespace fuzz
