#pragma once

/// What the file says, and whether it is what everybody was told.

#include <filesystem>
#include <string>
#include <vector>

#include "tests/prove/store/operations.hpp"

namespace prove {

/// All that stands in the ledger, but times and hashes.
struct Contents {
  std::string books;
  std::string attempts;  // wrong PINs
  bool operator==(const Contents&) const = default;
};
/// Read past the bank, as anybody with the sqlite3 shell could.
Contents contents(const std::filesystem::path& file);

/// How an operation goes on a machine that is well.
struct Expected {
  Contents before;
  std::string reply;
  Contents after;
  std::string repeated;  // the reply when it is run again, after a restart
  Contents after_repeat;
  std::string status_before;
  std::string status_after;
};

/// The sentences that do not hold.
using Findings = std::vector<std::string>;

/// What has been seen of one run under a fault.
struct Seen {
  std::string reply;
  int stops = 0;                // how often the server was asked to stop
  Contents there;               // what everybody sees then
  bool commit_failed = false;   // SQLite has given up a COMMIT
  bool writing_failed = false;  // a write or a sync failed in one
};

/// What the reply says has come of it.
enum class Told : std::uint8_t { done, nothing, unknown, nonsense };
Told told(const Operation& operation, const Expected& expected, const Seen& seen);
/// Whether that is what is there, and nothing is left in flight.
Findings judge(const Operation& operation, const Expected& expected, const Seen& seen);
/// Whether these are the contents, as far as the operation decides them.
bool same(const Operation& operation, const Contents& one, const Contents& other);
/// Replies are the same if they say the same: of a refusal the code counts.
bool same_reply(const std::string& one, const std::string& other);

}  // namespace prove
