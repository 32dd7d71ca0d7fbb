#pragma once

#include <filesystem>
#include <string_view>

#include "tests/prove/fuzz/ledger_bytes.hpp"

namespace fuzz {

/// Writes the files that an input describes into the folder. The first byte chooses the kind: a
/// sound ledger, closed or crashed, with edits; one with changed rows (tests/db/change_rows.hpp);
/// or the rest of the input as the whole file or as the log of a sound file.
void put_damaged(const SoundLedgers& sound, std::string_view input,
                 const std::filesystem::path& folder);

}  // namespace fuzz
