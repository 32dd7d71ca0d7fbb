#include <span>

#include "tests/prove/store/case.hpp"
#include "tests/prove/store/checks.hpp"
#include "tests/prove/store/sites.hpp"

namespace prove {
namespace {

using cancel::Mechanism;

std::string run(const Operation& operation, Case& on) {
  return operation.run(on.branch(), on.folder());
}

std::string status(const Operation& operation, Case& on) {
  return operation.key == nullptr ? "" : on.branch().status(operation.account, operation.key);
}

Expected when_well(const Base& base, const Operation& operation, const Way& way) {
  Case healthy(base, way);
  Expected expected;
  expected.before = healthy.there();
  expected.status_before = status(operation, healthy);
  expected.reply = run(operation, healthy);
  expected.after = healthy.there();
  expected.status_after = status(operation, healthy);
  healthy.open();
  expected.repeated = run(operation, healthy);
  expected.after_repeat = healthy.there();
  return expected;
}

/// One operation, one way; each fault in turn.
class Trial {
 public:
  Trial(Report& report, const Base& base, const Operation& operation, const Way& way)
      : report_(report),
        base_(base),
        operation_(operation),
        way_(way),
        expected_(when_well(base, operation, way)) {}

  bool strikes(const FaultyVfs::Fault& fault, const std::string& label) {
    FaultyVfs machine;
    Case now(base_, way_, machine.name());
    const Commits commits(machine);
    label_ = label;
    machine.order(fault);
    std::string reply = run(operation_, now);
    const bool struck = machine.struck();
    machine.heal();
    if (!struck) return false;
    report_.run(label);
    if (finds_broken(fault, reply)) reply = expected_.reply;
    const Seen seen{reply, now.branch().unknowns(), now.there(), commits.failed(),
                    commits.could_not_write()};
    complain(judge(operation_, expected_, seen));
    complain(now.wrong());
    const Told what = told(operation_, expected_, seen);
    unknowns_ += what == Told::unknown ? 1 : 0;
    check_copy(now, what);
    die_here(now, what);
    const bool done = go_on(now, what);
    restart(now, done);
    return true;
  }
  /// How often nobody knew what had come of it.
  std::int64_t unknowns() const { return unknowns_; }

 private:
  void complain(const Findings& sentences) {
    for (const std::string& sentence : sentences) report_.violation(label_, sentence);
  }
  void require(bool holds, const std::string& sentence) {
    if (!holds) report_.violation(label_, sentence);
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
      require(contents(now.folder() / "copy.db") == expected_.after,
              "a copy that was acknowledged is whole");
    } else {
      require(now.beside() == 0, "a copy that was refused leaves nothing");
    }
  }

  /// If the process died now: what the next one finds.
  void die_here(const Case& now, Told what) {
    const Folder left;
    complain(now.wrong_if_it_died(left));
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
        const std::string known = status(operation_, now);
        require(known == "-UNKNOWN", "STATUS knows no more than the reply: " + known);
      }
      require(branch.ask("DEPOSIT 2 1").starts_with("-STORE"),
              "nothing is stored once an outcome is not known");
      return false;
    }
    if (what == Told::done) {
      const std::string known = status(operation_, now);
      require(known == expected_.status_after, "STATUS agrees: " + known);
      return true;
    }
    const std::string known = status(operation_, now);
    require(known == expected_.status_before, "STATUS agrees: " + known);
    const std::string reply = run(operation_, now);
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
    const bool either = expected_.before == expected_.after;
    const std::string known = status(operation_, now);
    require(either || known == (after ? expected_.status_after : expected_.status_before),
            "STATUS tells what came of it: " + known);
    const std::string reply = run(operation_, now);
    const bool first = !after && !either;
    require(same_reply(reply, first ? expected_.reply : expected_.repeated),
            "asked again after a restart, it is answered as it should: " + reply);
    require(same(operation_, now.there(), first ? expected_.after : expected_.after_repeat),
            "asked again after a restart, it is done once: " + now.there().books);
    complain(now.wrong());
  }

  Report& report_;
  const Base& base_;
  const Operation& operation_;
  const Way way_;
  const Expected expected_;
  std::string label_;
  std::int64_t unknowns_ = 0;
};

std::vector<Way> ways(const Operation& operation, bool full) {
  // A scan has connections of its own, made for it.
  const std::string name = operation.name;
  const bool scans = name == "audit" || name == "backup";
  std::vector<Way> all{{false, Mechanism::posix}, {true, Mechanism::posix}};
  if (!full)
    all = scans ? std::vector<Way>{{false, Mechanism::posix}}
                : std::vector<Way>{{false, Mechanism::token}, {true, Mechanism::posix}};
  if (full) all.insert(all.end(), {{false, Mechanism::token}, {true, Mechanism::token}});
  for (Way& way : all) {
    if (operation.checkpoints) way.checkpoint_after = 1;
  }
  return all;
}

void check(Report& report, const std::string& name, std::span<const Operation> operations) {
  if (!report.wants(name)) return;
  report.begin(name);
  const Base base;
  std::int64_t unknowns = 0;
  for (const Operation& operation : operations) {
    const std::int64_t before = report.cases();
    for (const Way& way : ways(operation, report.options().full)) {
      const std::string group = std::string(operation.name) + "/" + way.name();
      if (!report.wants_group(group)) continue;
      Trial trial(report, base, operation, way);
      for_each_fault(group, [&](const FaultyVfs::Fault& fault, const std::string& label) {
        return trial.strikes(fault, label);
      });
      unknowns += trial.unknowns();
    }
    report.tell(name + ": " + operation.name + ", " + std::to_string(report.cases() - before) +
                " cases");
  }
  report.require_some(unknowns, "an outcome was not known");
  report.end(std::to_string(operations.size()) +
                 " operations, each call of the file system failing in each, once and from then on",
             std::to_string(unknowns) + " outcomes not known");
}

}  // namespace

void check_requests(Report& report) {
  check(report, "store/faults-requests", requests());
}

void check_controls(Report& report) {
  check(report, "store/faults-control", controls());
}

}  // namespace prove
