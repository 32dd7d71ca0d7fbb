#include <algorithm>
#include <filesystem>
#include <span>

#include "tests/db/folder.hpp"
#include "tests/invariants/invariants.hpp"
#include "tests/prove/store/checks.hpp"
#include "tests/prove/store/judge.hpp"
#include "tests/prove/store/sites.hpp"

namespace prove {
namespace {

namespace fs = std::filesystem;
using cancel::Mechanism;

/// How an operation is run: on connections made for it, or in use before; under either mechanism.
struct Way {
  bool warm = false;
  Mechanism mechanism = Mechanism::token;

  std::string name() const {
    return std::string(warm ? "warm" : "cold") +
           (mechanism == Mechanism::posix ? "-posix" : "-token");
  }
};

/// A ledger of its own, and the bank on it.

class Case {
 public:
  Case(const Folder& base, const Operation& operation, const Way& way, const std::string& vfs = {})
      : operation_(operation), way_(way), vfs_(vfs) {
    fs::create_directory(data());
    fs::copy_file(base.path() / "ledger.db", file());
    open();
    if (way.warm) warm_up(*branch_);
  }

  void open() {
    branch_.reset();
    branch_.emplace(Branch::Options{data(), {vfs_}, way_.mechanism});
  }
  Branch& branch() { return *branch_; }
  std::string run() { return operation_.run(*branch_, folder_.path()); }
  Contents there() const { return contents(file()); }
  std::string status() {
    return operation_.key == nullptr ? "" : branch_->status(operation_.account, operation_.key);
  }
  void copy_files(const fs::path& into) const {
    for (const char* name : {"ledger.db", "ledger.db-wal"}) {
      if (fs::exists(data() / name)) fs::copy_file(data() / name, into / name);
    }
  }
  fs::path copy() const { return folder_.path() / "copy.db"; }
  /// Whatever there is beside the ledger.
  std::size_t beside() const {
    return static_cast<std::size_t>(
               std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator())) -
           1;
  }

 private:
  fs::path data() const { return folder_.path() / "data"; }
  fs::path file() const { return data() / "ledger.db"; }

  const Folder folder_;
  const Operation& operation_;
  const Way way_;
  const std::string vfs_;
  std::optional<Branch> branch_;
};

Expected when_well(const Folder& base, const Operation& operation, const Way& way) {
  Case healthy(base, operation, way);
  Expected expected;
  expected.before = healthy.there();
  expected.status_before = healthy.status();
  expected.reply = healthy.run();
  expected.after = healthy.there();
  expected.status_after = healthy.status();
  healthy.open();
  expected.repeated = healthy.run();
  expected.after_repeat = healthy.there();
  return expected;
}

/// One operation, one way; each fault in turn.
class Trial {
 public:
  Trial(Report& report, const Folder& base, const Operation& operation, const Way& way)
      : report_(report),
        base_(base),
        operation_(operation),
        way_(way),
        expected_(when_well(base, operation, way)) {}

  bool strikes(const FaultyVfs::Fault& fault, const std::string& label) {
    FaultyVfs machine;
    Case now(base_, operation_, way_, machine.name());
    label_ = label;
    machine.order(fault);
    std::string reply = now.run();
    const bool struck = machine.struck();
    machine.heal();
    if (!struck) return false;
    report_.run(label);
    if (finds_broken(fault, reply)) reply = expected_.reply;
    const Seen seen{reply, now.branch().unknowns(), now.branch().left_behind(), now.there()};
    for (const std::string& sentence : judge(operation_, expected_, seen)) complain(sentence);
    const Told what = told(operation_, expected_, seen);
    check_copy(now, what);
    die_here(now, what);
    const bool done = go_on(now, what);
    restart(now, done);
    return true;
  }

 private:
  void complain(const std::string& sentence) { report_.violation(label_, sentence); }
  void require(bool holds, const std::string& sentence) {
    if (!holds) complain(sentence);
  }

  /// SQLite calls a file broken if the disk says so; it is for an audit to report that.
  bool finds_broken(const FaultyVfs::Fault& fault, const std::string& reply) const {
    return fault.code == SQLITE_IOERR_CORRUPTFS && std::string(operation_.name) == "audit" &&
           reply.starts_with("{accounts: ");
  }

  /// A copy is whole, or there is nothing.
  void check_copy(const Case& now, Told what) {
    if (!expected_.reply.starts_with("+OK") || std::string(operation_.name) != "backup") return;
    if (what == Told::done) {
      require(contents(now.copy()) == expected_.after, "a copy that was acknowledged is whole");
    } else {
      require(now.beside() == 0, "a copy that was refused leaves nothing");
    }
  }

  /// If the process died now: what the next one finds.
  void die_here(const Case& now, Told what) {
    const Folder left;
    now.copy_files(left.path());
    const auto books = ledger::open_sqlite(left.path());
    const Contents found = contents(left.path() / "ledger.db");
    const bool done = same(operation_, found, expected_.after);
    const bool undone = same(operation_, found, expected_.before);
    require(what == Told::done      ? done
            : what == Told::nothing ? undone
                                    : done || undone,
            "what was told outlives the process: " + found.books);
  }

  /// The same server, on a machine that is well again. Returns whether the operation is done.
  bool go_on(Case& now, Told what) {
    Branch& branch = now.branch();
    if (what == Told::unknown) {
      if (operation_.key != nullptr) {
        require(now.status() == "-UNKNOWN", "STATUS knows no more than the reply: " + now.status());
      }
      require(branch.ask("DEPOSIT 2 1").starts_with("-STORE"),
              "nothing is stored once an outcome is not known");
      return false;
    }
    if (what == Told::done) {
      require(now.status() == expected_.status_after, "STATUS agrees: " + now.status());
      return true;
    }
    require(now.status() == expected_.status_before, "STATUS agrees: " + now.status());
    const std::string reply = now.run();
    require(same_reply(reply, expected_.reply), "what was refused can be done after: " + reply);
    require(same(operation_, now.there(), expected_.after),
            "what was refused is done once when asked again: " + now.there().books);
    return true;
  }

  void restart(Case& now, bool done) {
    now.open();
    const Contents found = now.there();
    if (done) require(same(operation_, found, expected_.after), "a restart changes nothing");
    const bool after = same(operation_, found, expected_.after);
    require(after || same(operation_, found, expected_.before),
            "what was not known is there wholly or not at all: " + found.books);
    const std::string status = after ? expected_.status_after : expected_.status_before;
    const bool either = expected_.before == expected_.after;
    require(either || now.status() == status, "STATUS tells what came of it: " + now.status());
    const std::string reply = now.run();
    const bool first = !after && !either;
    require(same_reply(reply, first ? expected_.reply : expected_.repeated),
            "asked again after a restart, it is answered as it should: " + reply);
    require(same(operation_, now.there(), first ? expected_.after : expected_.after_repeat),
            "asked again after a restart, it is done once: " + now.there().books);
    for (const std::string& wrong : invariants::books(now.branch().ledger())) complain(wrong);
    require(now.branch().left_behind().empty(), "nothing is left in flight in the end");
  }

  Report& report_;
  const Folder& base_;
  const Operation& operation_;
  const Way way_;
  const Expected expected_;
  std::string label_;
};

std::vector<Way> ways(const Operation& operation, bool full) {
  // A scan has connections of its own, made for it.
  const std::string name = operation.name;
  if (!full && (name == "audit" || name == "backup")) return {{false, Mechanism::posix}};
  if (!full) return {{false, Mechanism::token}, {true, Mechanism::posix}};
  return {{false, Mechanism::token},
          {true, Mechanism::token},
          {false, Mechanism::posix},
          {true, Mechanism::posix}};
}

void check(Report& report, const std::string& name, std::span<const Operation> operations) {
  if (!report.wants(name)) return;
  report.begin(name);
  const Folder base;
  make_base(base.path() / "data");
  fs::copy_file(base.path() / "data" / "ledger.db", base.path() / "ledger.db");
  for (const Operation& operation : operations) {
    const std::int64_t before = report.cases();
    for (const Way& way : ways(operation, report.options().full)) {
      const std::string group = std::string(operation.name) + "/" + way.name();
      if (!report.wants_group(group)) continue;
      Trial trial(report, base, operation, way);
      for_each_fault(group, [&](const FaultyVfs::Fault& fault, const std::string& label) {
        return trial.strikes(fault, label);
      });
    }
    report.tell(name + ": " + operation.name + ", " + std::to_string(report.cases() - before) +
                " cases");
  }
  report.end(std::to_string(operations.size()) +
             " operations, each call of the file system failing in each, once and from then on");
}

}  // namespace

void check_requests(Report& report) {
  check(report, "store/faults-requests", requests());
}

void check_controls(Report& report) {
  check(report, "store/faults-control", controls());
}

}  // namespace prove
