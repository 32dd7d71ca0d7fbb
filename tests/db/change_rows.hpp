#pragma once

#include <filesystem>
#include <string_view>

/// Changes rows of the ledger in the folder; ten bytes of the input choose one change. SQLite can
/// still read the file, but its rows may make no sense.
void change_rows(const std::filesystem::path& folder, std::string_view input);
