#pragma once

#include <filesystem>
#include <string_view>

#include "tests/prove/fuzz/ledger_bytes.hpp"

namespace fuzz {

/// Puts the files an input stands for into the folder. Its first byte chooses: a sound ledger,
/// closed or crashed, with the edits the rest describes; one with rows changed
/// (tests/db/change_rows.hpp); the rest as the whole file, or as the log beside a sound file.
void put_damaged(const SoundLedgers& sound, std::string_view input,
                 const std::filesystem::path& folder);

}  // namespace fuzz
