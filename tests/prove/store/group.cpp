#include <algorithm>
#include <array>

#include "tests/bank/reply_text.hpp"
#include "tests/prove/store/case.hpp"
#include "tests/prove/store/checks.hpp"
#include "tests/prove/store/sites.hpp"

namespace prove {
namespace {

using cancel::Mechanism;

/// The replies of the members, in the order of their arrival.
using Replies = std::array<std::string, 5>;

/// Runs one commit and, behind it, another of a tombstone and two new accounts; a withdrawal under
/// the tombstone's key waits for it.
Replies commit_together(Branch& branch) {
  const auto ask = [&](const char* command) {
    const std::size_t before = branch.bank().commits.waiting();
    Asked asked = branch.start(command);
    branch.attend_closely_until([&] {
      return asked.inbox->reply() || branch.bank().commits.waiting() > before ||
             asked.txn->view().waiting == "commit";
    });
    return asked;
  };
  branch.gate().shut();
  const Asked first = ask("DEPOSIT 1 5 KEY k");
  // When the leader waits at the gate it has taken its batch.
  branch.attend_closely_until([&] { return first.inbox->reply() || branch.gate().waited_at(); });
  const std::size_t before = branch.bank().commits.waiting();
  const Cancelling tombstone = branch.start_cancel_key(2, "m");
  branch.attend_closely_until(
      [&] { return tombstone.inbox->reply() || branch.bank().commits.waiting() > before; });
  const Asked refused = ask("WITHDRAW 2 3 KEY m");
  const Asked created = ask("CREATE 1234 BALANCE 30 KEY n");
  const Asked other = ask("CREATE 1234 BALANCE 7 KEY o");
  branch.gate().open();
  return {branch.finish(first), branch.finish(tombstone), branch.finish(refused),
          branch.finish(created), branch.finish(other)};
}

std::string text(const Replies& replies) {
  std::string all;
  for (const std::string& each : replies) all += (all.empty() ? "" : " | ") + each;
  return all;
}

bool any_unknown(const Replies& replies) {
  return std::any_of(replies.begin(), replies.end(),
                     [](const std::string& each) { return rig::code(each) == "-UNKNOWN"; });
}

/// Whether the reply is final. The invariants compare it with the ledger.
bool is_final(const std::string& reply) {
  return !reply.starts_with('-') || rig::code(reply) == "-CANCELLED";
}

class GroupTrial {
 public:
  GroupTrial(Report& report, const Base& base, const Way& way)
      : report_(report), base_(base), way_(way) {
    report_.begin_case("without-faults");
    Case healthy(base, way);
    const Replies replies = commit_together(healthy.branch());
    require(replies == Replies{"1018", "+CANCELLED", "-CANCELLED key m was cancelled", "4", "5"},
            "without faults all members are done but one: " + text(replies));
    report_.add(healthy.wrong());
  }

  bool strikes(const FaultyVfs::Fault& fault, const std::string& label) {
    report_.begin_case(label);
    FaultyVfs machine;
    Case now(base_, way_, machine.name());
    const Commits commits(machine);
    machine.plan(fault);
    const Replies replies = commit_together(now.branch());
    const bool struck = machine.struck();
    machine.heal();
    if (!struck) return false;
    report_.count_case();
    judge(now.branch(), replies, commits);
    report_.add(now.wrong());
    {
      const Folder left;
      report_.add(now.wrong_if_it_died(left));
    }
    go_on(now);
    restart(now);
    return true;
  }
  std::int64_t unknowns() const { return unknowns_; }
  std::int64_t partly() const { return partly_; }

 private:
  void require(bool holds, const std::string& sentence) { report_.require(holds, sentence); }

  void judge(Branch& branch, const Replies& replies, const Commits& commits) {
    const std::string all = text(replies);
    const bool stops = branch.unknowns() > 0;
    for (const std::string& each : replies) {
      const std::string code = rig::code(each);
      require(is_final(each) || code == "-STORE" || code == "-UNKNOWN" || each == "+TOOLATE",
              "each member is done, refused or unknown: " + all);
    }
    require(branch.unknowns() <= 1, "the bank asks the server to stop at most once");
    require(!stops || any_unknown(replies),
            "the server stops only after an unknown outcome: " + all);
    require(!commits.could_not_write() || stops,
            "the outcome of a COMMIT that could not write or sync is unknown: " + all);
    const auto refused = std::count_if(replies.begin(), replies.end(), [](const std::string& each) {
      return rig::code(each) == "-STORE";
    });
    require(commits.failed() == stops,
            "outcomes are unknown if and only if a COMMIT failed: " + all);
    unknowns_ += stops ? 1 : 0;
    partly_ += !stops && refused > 0 && refused < 4 ? 1 : 0;
  }

  /// Goes on with the same server, on a machine without faults.
  void go_on(Case& now) {
    if (now.branch().unknowns() > 0) {
      const std::string code = rig::code(now.branch().ask("DEPOSIT 2 1"));
      require(code == "-STORE" || code == "-UNKNOWN",
              "a request after an unknown outcome is refused: " + code);
    } else {
      ask_again(now, "refused members can be done later: ");
    }
  }

  void restart(Case& now) {
    now.open();
    const Replies first = ask_again(now, "every member is served after a restart: ");
    const Replies second = ask_again(now, "every member is served once more: ");
    for (std::size_t i = 0; i < first.size(); ++i) {
      require(first.at(i) == second.at(i) || second.at(i) == "+ALREADY",
              "a repeat gets the first reply: " + text(first) + ", then " + text(second));
    }
    report_.add(now.wrong());
  }

  Replies ask_again(Case& now, const char* sentence) {
    Replies replies = commit_together(now.branch());
    // The withdrawal or its cancel may come first, depending on the order of the retries.
    for (const std::string& each : replies) require(is_final(each), sentence + text(replies));
    return replies;
  }

  Report& report_;
  const Base& base_;
  const Way way_;
  std::int64_t unknowns_ = 0;
  std::int64_t partly_ = 0;
};

}  // namespace

void check_group(Report& report) {
  if (!report.wants("store/faults-group")) return;
  report.begin("store/faults-group");
  const Base base;
  std::int64_t unknowns = 0;
  std::int64_t partly = 0;
  for (const Way& way : {Way{false, Mechanism::token}, Way{true, Mechanism::posix, 1},
                         Way{true, Mechanism::token}, Way{false, Mechanism::posix, 1}}) {
    const bool checkpoints = way.checkpoint_after == 1;
    if (!report.options().full && way.warm != checkpoints) continue;
    const std::string group = way.name() + (checkpoints ? "-checkpoint" : "");
    if (!report.wants_group(group)) continue;
    GroupTrial trial(report, base, way);
    for_each_fault(group, [&](const FaultyVfs::Fault& fault, const std::string& label) {
      return trial.strikes(fault, label);
    });
    unknowns += trial.unknowns();
    partly += trial.partly();
    report.print_progress("store/faults-group: " + group + ", " + std::to_string(report.cases()) +
                          " cases so far");
  }
  report.require_some(unknowns, "an outcome was unknown");
  report.require_some(partly, "some members of a group were done and some refused");
  report.end(
      "a commit, and behind it one of four members of which one is refused, with each call of the "
      "file system failing, once and persistently",
      std::to_string(unknowns) + " unknown outcomes, " + std::to_string(partly) +
          " times some were done and some refused");
}

}  // namespace prove
