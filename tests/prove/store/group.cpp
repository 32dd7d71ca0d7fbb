#include <algorithm>
#include <array>

#include "tests/bank/reply_text.hpp"
#include "tests/prove/store/case.hpp"
#include "tests/prove/store/checks.hpp"
#include "tests/prove/store/sites.hpp"

namespace prove {
namespace {

using cancel::Mechanism;

/// What each member was told, in the order they came.
using Answers = std::array<std::string, 5>;

/// Waits until the request is in the queue of the commits, or answered without it.
void await_queued(Branch& branch, const Inbox& inbox, std::size_t queued) {
  branch.attend_closely_until(
      [&] { return inbox.reply().has_value() || branch.bank().commits.waiting() > queued; });
}

/// One commits, and behind it four queue up for a unit together: a tombstone, a withdrawal under
/// the tombstone's key, which only the unit can refuse, and two new accounts.
Answers commit_together(Branch& branch) {
  const auto queued = [&branch] { return branch.bank().commits.waiting(); };
  const auto ask = [&](const char* command) {
    const std::size_t before = queued();
    Asked asked = branch.start(command);
    await_queued(branch, *asked.inbox, before);
    return asked;
  };
  branch.gate().shut();
  const Asked first = ask("DEPOSIT 1 5 KEY k");
  // Its leader has taken its batch by the time it stands at the gate.
  branch.attend_closely_until([&] { return first.inbox->reply() || branch.gate().waited_at(); });
  const std::size_t before = queued();
  const Cancelling tombstone = branch.start_cancel_key(2, "m");
  await_queued(branch, *tombstone.inbox, before);
  const Asked refused = ask("WITHDRAW 2 3 KEY m");
  const Asked created = ask("CREATE 1234 BALANCE 30 KEY n");
  const Asked other = ask("CREATE 1234 BALANCE 7 KEY o");
  branch.gate().open();
  return {branch.finish(first), branch.finish(tombstone), branch.finish(refused),
          branch.finish(created), branch.finish(other)};
}

std::string text(const Answers& answers) {
  std::string all;
  for (const std::string& each : answers) all += (all.empty() ? "" : " | ") + each;
  return all;
}

bool any_unknown(const Answers& answers) {
  return std::any_of(answers.begin(), answers.end(),
                     [](const std::string& each) { return rig::code(each) == "-UNKNOWN"; });
}

/// Done or refused for good; which of them, the invariants hold against the ledger.
bool is_final(const std::string& answer) {
  return !answer.starts_with('-') || rig::code(answer) == "-CANCELLED";
}

class GroupTrial {
 public:
  GroupTrial(Report& report, const Base& base, const Way& way)
      : report_(report), base_(base), way_(way) {
    Case healthy(base, way);
    label_ = "well";
    const Answers answers = commit_together(healthy.branch());
    require(answers == Answers{"1018", "+CANCELLED", "-CANCELLED key m was cancelled", "4", "5"},
            "on a machine that is well all are done but one: " + text(answers));
    complain(healthy.wrong());
  }

  bool strikes(const FaultyVfs::Fault& fault, const std::string& label) {
    FaultyVfs machine;
    Case now(base_, way_, machine.name());
    const Commits commits(machine);
    label_ = label;
    machine.order(fault);
    const Answers answers = commit_together(now.branch());
    const bool struck = machine.struck();
    machine.heal();
    if (!struck) return false;
    report_.run(label);
    judge(now.branch(), answers, commits);
    complain(now.wrong());
    {
      const Folder left;
      complain(now.wrong_if_it_died(left));
    }
    go_on(now);
    restart(now);
    return true;
  }
  std::int64_t unknowns() const { return unknowns_; }
  std::int64_t partly() const { return partly_; }

 private:
  void complain(const Findings& sentences) {
    for (const std::string& sentence : sentences) report_.violation(label_, sentence);
  }
  void require(bool holds, const std::string& sentence) {
    if (!holds) report_.violation(label_, sentence);
  }

  void judge(Branch& branch, const Answers& answers, const Commits& commits) {
    const std::string all = text(answers);
    const bool stops = branch.unknowns() > 0;
    for (const std::string& each : answers) {
      const std::string code = rig::code(each);
      require(is_final(each) || code == "-STORE" || code == "-UNKNOWN" || each == "+TOOLATE",
              "each is done, or refused, or not known: " + all);
    }
    require(branch.unknowns() <= 1, "the server is asked to stop at most once");
    require(!stops || any_unknown(answers), "who stops the server does not know: " + all);
    require(!commits.could_not_write() || stops,
            "what came of a COMMIT that could not write or sync is not known: " + all);
    const auto refused = std::count_if(answers.begin(), answers.end(), [](const std::string& each) {
      return rig::code(each) == "-STORE";
    });
    require(commits.failed() == stops,
            "not known is what a COMMIT has failed for, and all of that: " + all);
    unknowns_ += stops ? 1 : 0;
    partly_ += !stops && refused > 0 && refused < 4 ? 1 : 0;
  }

  /// The same server, on a machine that is well again.
  void go_on(Case& now) {
    if (now.branch().unknowns() > 0) {
      require(now.branch().ask("DEPOSIT 2 1").starts_with("-STORE"),
              "nothing is stored once an outcome is not known");
    } else {
      ask_again(now, "what was refused can be done after: ");
    }
  }

  void restart(Case& now) {
    now.open();
    const Answers first = ask_again(now, "asked again after a restart, each is served: ");
    const Answers second = ask_again(now, "asked once more, each is served: ");
    for (std::size_t i = 0; i < first.size(); ++i) {
      require(first.at(i) == second.at(i) || second.at(i) == "+ALREADY",
              "a repeat is answered as the first: " + text(first) + ", then " + text(second));
    }
    complain(now.wrong());
  }

  Answers ask_again(Case& now, const char* sentence) {
    Answers answers = commit_together(now.branch());
    // Whether the withdrawal or its cancel comes first is for the order of the retries.
    for (const std::string& each : answers) require(is_final(each), sentence + text(answers));
    return answers;
  }

  Report& report_;
  const Base& base_;
  const Way way_;
  std::string label_;
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
    report.tell("store/faults-group: " + group + ", " + std::to_string(report.cases()) +
                " cases so far");
  }
  report.require_some(unknowns, "an outcome was not known");
  report.require_some(partly, "some of a group were done and some not");
  report.end(
      "a commit, and behind it one of four members of which one is refused, each call of the file "
      "system failing, once and from then on",
      std::to_string(unknowns) + " outcomes not known, " + std::to_string(partly) +
          " times some were done and some refused");
}

}  // namespace prove
