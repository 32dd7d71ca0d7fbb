#pragma once

#include <filesystem>
#include <string>

namespace fuzz {

/// The files of a ledger, as bytes.
struct LedgerBytes {
  std::string file;
  std::string log;  // the write-ahead log beside it; empty: none
};

/// A small, sound ledger in which everything has happened once. The same bytes in every run.
struct SoundLedgers {
  LedgerBytes closed;   // as an orderly end leaves it
  LedgerBytes crashed;  // as a crash does: its latest commits are only in the log
};

/// Makes them in that folder, and removes them again.
SoundLedgers make_sound_ledgers(const std::filesystem::path& folder);

/// Puts the bytes where open_sqlite(folder) finds them, and nothing else.
void put(const LedgerBytes& bytes, const std::filesystem::path& folder);

}  // namespace fuzz
