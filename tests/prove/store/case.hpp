#pragma once

/// One ledger and the bank on it, on a machine that may fail.

#include <filesystem>
#include <optional>
#include <string>

#include "tests/db/faulty_vfs.hpp"
#include "tests/db/folder.hpp"
#include "tests/prove/invariants/invariants.hpp"
#include "tests/prove/store/judge.hpp"

namespace prove {

/// How an operation is run: on connections made for it, or in use before; under either mechanism.
struct Way {
  bool warm = false;
  cancel::Mechanism mechanism = cancel::Mechanism::token;
  std::int64_t checkpoint_after = ledger::SqliteOptions{}.checkpoint_after;

  std::string name() const;
};

/// The ledger that all are copied from, and what was asked and told while it was made.
struct Base {
  Base();
  const Folder folder;
  const std::filesystem::path file;
  invariants::Evidence evidence;
};

/// A ledger of its own, and the bank on it.
class Case {
 public:
  Case(const Base& base, const Way& way, const std::string& vfs = {});

  /// Again, or the first time.
  void open();
  Branch& branch() { return *branch_; }
  Contents there() const { return contents(file()); }
  /// For what is made beside the ledger.
  const std::filesystem::path& folder() const { return folder_.path(); }
  /// Whatever there is beside the ledger.
  std::size_t beside() const;

  /// What does not hold of the ledger as the bank has it open, and of the bank.
  invariants::Sentences wrong();
  /// If the process died now: what does not hold of what the next one finds, at `left`.
  invariants::Sentences wrong_if_it_died(const Folder& left) const;

 private:
  std::filesystem::path data() const { return folder_.path() / "data"; }
  std::filesystem::path file() const { return data() / "ledger.db"; }
  /// All that was ever asked and told.
  invariants::Evidence evidence() const;

  const Folder folder_;
  const Way way_;
  const std::string vfs_;
  invariants::Evidence known_;  // by those that ran before
  std::optional<Branch> branch_;
};

/// What has become of COMMITs, as SQLite and the machine have it: nobody may be told that nothing
/// was stored once one has failed.
class Commits {
 public:
  explicit Commits(FaultyVfs& machine);
  /// SQLite has given one up.
  bool failed() const;
  /// A write or a sync of one has failed.
  bool could_not_write() const { return could_not_write_.load(); }

 private:
  const int failed_before_;
  std::atomic<bool> could_not_write_{false};
};

}  // namespace prove
