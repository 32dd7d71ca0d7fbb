#include <span>

#include "tests/prove/store/case.hpp"
#include "tests/prove/store/checks.hpp"
#include "tests/prove/store/sites.hpp"

namespace prove {
namespace {

using cancel::Mechanism;

/// Returns the reply. A new account is given by its place, as in Contents.
std::string run(const Operation& operation, Case& on) {
  const std::string reply = operation.run(on.branch(), on.folder());
  const bool opens = operation.key != nullptr && operation.account == ledger::vault;
  const bool is_number = reply.find_first_not_of("0123456789") == std::string::npos;
  return opens && is_number ? on.place_of(reply) : reply;
}

std::string status(const Operation& operation, Case& on) {
  return operation.key == nullptr ? "" : on.branch().status(operation.account, operation.key);
}

Expected run_without_faults(const Base& base, const Operation& operation, const Way& way) {
  Case healthy(base, way);
  Expected expected;
  expected.before = healthy.stored();
  expected.status_before = status(operation, healthy);
  expected.reply = run(operation, healthy);
  expected.after = healthy.stored();
  expected.status_after = status(operation, healthy);
  healthy.open();
  expected.repeated = run(operation, healthy);
  expected.after_repeat = healthy.stored();
  return expected;
}

/// One operation, run in one way, under one fault after the other.
class Trial {
 public:
  Trial(Report& report, const Base& base, const Operation& operation, const Way& way)
      : report_(report),
        base_(base),
        operation_(operation),
        way_(way),
        expected_(run_without_faults(base, operation, way)) {}

  bool strikes(const FaultyVfs::Fault& fault, const std::string& label) {
    report_.begin_case(label);
    FaultyVfs machine;
    Case now(base_, way_, machine.name());
    const Commits commits(machine);
    machine.plan(fault);
    std::string reply = run(operation_, now);
    const bool struck = machine.struck();
    machine.heal();
    if (!struck) return false;
    report_.count_case();
    if (reports_corruption(fault, reply)) reply = expected_.reply;
    const Seen seen{reply, now.branch().unknowns(), now.stored(), commits.failed(),
                    commits.could_not_write()};
    report_.add(judge(operation_, expected_, seen));
    report_.add(now.wrong());
    const Outcome outcome = outcome_in_reply(operation_, expected_, seen);
    unknowns_ += outcome == Outcome::unknown ? 1 : 0;
    check_copy(now, outcome);
    check_death(now, outcome);
    const bool done = go_on(now, outcome);
    restart(now, done);
    return true;
  }
  /// Returns how many outcomes were unknown.
  std::int64_t unknowns() const { return unknowns_; }

 private:
  /// SQLite takes this code for a damaged file, and an audit has to report a damaged file.
  bool reports_corruption(const FaultyVfs::Fault& fault, const std::string& reply) const {
    return fault.code == SQLITE_IOERR_CORRUPTFS && std::string(operation_.name) == "audit" &&
           reply.starts_with("{accounts: ");
  }

  void check_copy(const Case& now, Outcome outcome) {
    if (!expected_.reply.starts_with("+OK") || std::string(operation_.name) != "backup") return;
    if (outcome == Outcome::done) {
      report_.require(contents(now.folder() / "copy.db") == expected_.after,
                      "an acknowledged copy is whole");
    } else {
      report_.require(now.files_beside() == 0, "a refused copy leaves no file");
    }
  }

  /// Checks the ledger that a process leaves if it dies now.
  void check_death(const Case& now, Outcome outcome) {
    const Folder left;
    report_.add(now.wrong_if_it_died(left));
    const Contents found = contents(left.path() / "ledger.db");
    const bool done = same(operation_, found, expected_.after);
    const bool undone = same(operation_, found, expected_.before);
    report_.require(outcome == Outcome::done      ? done
                    : outcome == Outcome::nothing ? undone
                                                  : done || undone,
                    "the outcome in the reply survives the process: " + found.books);
  }

  /// Goes on with the same server, on a machine without faults. Returns whether the operation is
  /// done afterwards.
  bool go_on(Case& now, Outcome outcome) {
    if (outcome == Outcome::unknown) {
      require_stopped(now);
      return false;
    }
    const bool done = outcome == Outcome::done;
    const std::string known = status(operation_, now);
    report_.require(known == (done ? expected_.status_after : expected_.status_before),
                    "STATUS agrees with the reply: " + known);
    if (done) return true;
    const std::string reply = run(operation_, now);
    report_.require(same_reply(reply, expected_.reply),
                    "a refused operation can be done later: " + reply);
    report_.require(same(operation_, now.stored(), expected_.after),
                    "a refused operation is done once when it is repeated: " + now.stored().books);
    return true;
  }

  void require_stopped(Case& now) {
    if (operation_.key != nullptr) {
      const std::string known = status(operation_, now);
      report_.require(known == "-UNKNOWN", "STATUS of an unknown outcome is unknown: " + known);
    }
    // UNKNOWN if the balance itself is not known. The restart shows that nothing was stored.
    const std::string code = rig::code(now.branch().ask("DEPOSIT 2 1"));
    report_.require(code == "-STORE" || code == "-UNKNOWN",
                    "a request after an unknown outcome is refused: " + code);
  }

  void restart(Case& now, bool done) {
    now.open();
    const Contents found = now.stored();
    const bool after = same(operation_, found, expected_.after);
    if (done) report_.require(after, "a restart changes nothing");
    report_.require(after || same(operation_, found, expected_.before),
                    "an unknown operation is stored wholly or not at all: " + found.books);
    const bool either = expected_.before == expected_.after;
    const std::string known = status(operation_, now);
    report_.require(either || known == (after ? expected_.status_after : expected_.status_before),
                    "STATUS agrees with the ledger after a restart: " + known);
    const std::string reply = run(operation_, now);
    const bool first = !after && !either;
    report_.require(same_reply(reply, first ? expected_.reply : expected_.repeated),
                    "a repeat after a restart gets the right reply: " + reply);
    report_.require(
        same(operation_, now.stored(), first ? expected_.after : expected_.after_repeat),
        "a repeat after a restart is done once: " + now.stored().books);
    report_.add(now.wrong());
  }

  Report& report_;
  const Base& base_;
  const Operation& operation_;
  const Way way_;
  const Expected expected_;
  std::int64_t unknowns_ = 0;
};

std::vector<Way> ways(const Operation& operation, bool full) {
  // A scan opens its own connections, so it cannot be warm.
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
    report.print_progress(name + ": " + operation.name + ", " +
                          std::to_string(report.cases() - before) + " cases");
  }
  report.require_some(unknowns, "an outcome was unknown");
  report.end(
      std::to_string(operations.size()) +
          " operations, with each call of the file system failing in each, once and persistently",
      std::to_string(unknowns) + " unknown outcomes");
}

}  // namespace

void check_requests(Report& report) {
  check(report, "store/faults-requests", requests());
}

void check_controls(Report& report) {
  check(report, "store/faults-control", controls());
}

}  // namespace prove
