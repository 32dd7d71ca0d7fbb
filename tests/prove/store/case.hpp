#pragma once

/// One ledger, and the bank on it, on a machine that may fail.

#include <filesystem>
#include <optional>
#include <string>

#include "tests/db/faulty_vfs.hpp"
#include "tests/db/folder.hpp"
#include "tests/prove/invariants/invariants.hpp"
#include "tests/prove/store/judge.hpp"

namespace prove {

/// How an operation runs: on new connections or on warm ones, and under which mechanism.
struct Way {
  bool warm = false;
  cancel::Mechanism mechanism = cancel::Mechanism::token;
  std::int64_t checkpoint_after = ledger::SqliteOptions{}.checkpoint_after;

  std::string name() const;
};

/// The ledger that every case copies, with the requests and replies of its creation.
struct Base {
  Base();
  const Folder folder;
  const std::filesystem::path file;
  invariants::Evidence evidence;
};

/// A copy of that ledger, and the bank on it.
class Case {
 public:
  Case(const Base& base, const Way& way, const std::string& vfs = {});

  /// Opens the ledger, or opens it again as a restart does.
  void open();
  Branch& branch() { return *branch_; }
  Contents stored() const { return contents(file()); }
  /// Returns the place of the account with that number among all.
  std::string place_of(const std::string& number) const { return prove::place_of(file(), number); }
  /// Returns the folder for files that are made beside the ledger.
  const std::filesystem::path& folder() const { return folder_.path(); }
  /// Returns how many files there are beside the ledger.
  std::size_t files_beside() const;

  /// Returns the invariants that do not hold of the bank and its open ledger.
  invariants::Sentences wrong();
  /// Copies to `left` the ledger that a process that dies now leaves. Returns the invariants that
  /// do not hold of it.
  invariants::Sentences wrong_if_it_died(const Folder& left) const;

 private:
  std::filesystem::path data() const { return folder_.path() / "data"; }
  std::filesystem::path file() const { return data() / "ledger.db"; }
  /// Returns all requests and replies so far.
  invariants::Evidence evidence() const;

  const Folder folder_;
  const Way way_;
  const std::string vfs_;
  invariants::Evidence known_;  // of the runs before the latest opening
  std::optional<Branch> branch_;
};

/// Observes COMMITs through SQLite and the machine: after a failed one, no reply may say that
/// nothing was stored.
class Commits {
 public:
  explicit Commits(FaultyVfs& machine);
  /// Returns whether SQLite has rolled back a COMMIT.
  bool failed() const;
  /// Returns whether a write or a sync of a COMMIT has failed.
  bool could_not_write() const { return could_not_write_.load(); }

 private:
  const int failed_before_;
  std::atomic<bool> could_not_write_{false};
};

}  // namespace prove
