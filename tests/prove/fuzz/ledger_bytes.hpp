#pragma once

#include <filesystem>
#include <string>

namespace fuzz {

/// The files of a ledger.
struct LedgerBytes {
  std::string file;
  std::string log;  // the write-ahead log; may be empty
};

/// A small, sound ledger with every kind of entry. The bytes are the same in every run.
struct SoundLedgers {
  LedgerBytes closed;   // after an orderly end
  LedgerBytes crashed;  // after a crash: the latest commits are only in the log
};

/// Makes them in that folder, which is empty again afterwards.
SoundLedgers make_sound_ledgers(const std::filesystem::path& folder);

/// Writes the files where open_sqlite(folder) finds them.
void put(const LedgerBytes& bytes, const std::filesystem::path& folder);

}  // namespace fuzz
