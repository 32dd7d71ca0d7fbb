#pragma once

#include <filesystem>
#include <string_view>

/// Changes rows of the ledger in that folder, as the input says: ten bytes for each change. The
/// file stays one SQLite can read; what stands in it need make no sense.
void change_rows(const std::filesystem::path& folder, std::string_view input);
