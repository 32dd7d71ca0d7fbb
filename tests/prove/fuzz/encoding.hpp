#pragma once

#include <string_view>

namespace fuzz {

/// Makes a reply from the bytes, encodes it in both versions of RESP, and decodes it as a client
/// does. Fails if the result differs or if bytes are left over.
void check_encoding(std::string_view bytes);

}  // namespace fuzz
