#pragma once

/// The contents of the file, and whether they agree with the replies.

#include <filesystem>
#include <string>

#include "tests/prove/store/operations.hpp"
#include "tests/prove/store/report.hpp"

namespace prove {

/// The rows of the ledger without times and hashes. An account is given by its place among all,
/// since the number that a refused opening has taken is never given out again.
struct Contents {
  std::string books;
  std::string attempts;  // wrong PINs in a row
  bool operator==(const Contents&) const = default;
};
/// Reads the file past the bank, as the sqlite3 shell does.
Contents contents(const std::filesystem::path& file);
/// Returns the place of the account with that number; nothing if there is none.
std::string place_of(const std::filesystem::path& file, const std::string& number);

/// The course of an operation on a machine without faults.
struct Expected {
  Contents before;
  std::string reply;
  Contents after;
  std::string repeated;  // the reply when it is run again, after a restart
  Contents after_repeat;
  std::string status_before;
  std::string status_after;
};

/// The observations of one run under a fault.
struct Seen {
  std::string reply;
  int stops = 0;                // how often the bank asked the server to stop
  Contents contents;            // as readers see them then
  bool commit_failed = false;   // SQLite rolled back a COMMIT
  bool writing_failed = false;  // a write or a sync failed in a COMMIT
};

/// Returns the outcome that a reply states; `nonsense` if the operation may not have that reply.
enum class Outcome : std::uint8_t { done, nothing, unknown, nonsense };
Outcome outcome_in_reply(const Operation& operation, const Expected& expected, const Seen& seen);
/// Returns the sentences that do not hold of the run.
Findings judge(const Operation& operation, const Expected& expected, const Seen& seen);
/// Returns whether the contents are equal, as far as the operation decides them.
bool same(const Operation& operation, const Contents& one, const Contents& other);
/// Returns whether the replies are equal; of two errors only the code counts.
bool same_reply(const std::string& one, const std::string& other);

}  // namespace prove
