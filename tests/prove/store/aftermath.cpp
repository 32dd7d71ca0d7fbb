#include "tests/prove/store/aftermath.hpp"

#include <optional>

#include "tests/bank/reply_text.hpp"
#include "tests/db/steps.hpp"
#include "tests/prove/invariants/invariants.hpp"

namespace prove {
namespace {

bool has_key(const Order& order) {
  return order.kind <= Kind::transfer || order.kind == Kind::cancel;
}

}  // namespace

void Aftermath::judge() {
  report_.begin_case(cut_.label);
  report_.count_case();
  try {
    Branch branch({cut_.left, {}, cancel::Mechanism::token});
    require(branch.ledger().start_number() > cut_.starts, "no start number is given twice");
    report_.add(invariants::all(evidence_of(cut_.entries), branch.ledger()));
    judge_account_marks(branch);
    for (const Entry& entry : cut_.entries) judge(branch, entry);
    for (Entry& entry : cut_.entries) ask_again(branch, entry);
    judge_money(branch);
    report_.add(invariants::left(branch.left()));
  } catch (const ledger::OpenFailed& failed) {
    require(false, std::string("the files that are left open as a ledger: ") + failed.what());
  }
  std::filesystem::remove_all(cut_.left);
}

void Aftermath::judge(Branch& branch, const Entry& entry) {
  if (!has_key(entry.order)) return;
  const std::string status = branch.status(entry.order.account, entry.order.key);
  const bool cancels = entry.order.kind == Kind::cancel;
  if (cancels ? entry.done() : entry.cancelled()) {
    require(status == "cancelled", "a cancelled key stays cancelled: " + entry.order.key);
  } else if (entry.done()) {
    require(status == "committed", "an acknowledged order is stored: " + entry.order.command());
  }
}

/// A frozen mark is the last acknowledged one, or any that was under way. So is the PIN's version.
void Aftermath::judge_account_marks(Branch& branch) {
  const ledger::AccountId id = Script::accounts + 1;
  std::int64_t least = 1;
  std::int64_t most = 1;
  std::optional<bool> frozen = false;
  for (const Entry& entry : cut_.entries) {
    if (entry.order.kind == Kind::passwd) {
      least += entry.done() ? 1 : 0;
      most += entry.times;  // a change of the PIN has no key
    }
    if (entry.order.kind != Kind::freeze && entry.order.kind != Kind::unfreeze) continue;
    frozen = entry.done() ? std::optional(entry.order.kind == Kind::freeze) : std::nullopt;
  }
  const auto account = branch.ledger().account(id);
  if (!account) return;
  require(!frozen || account->frozen == *frozen, "an acknowledged frozen mark is stored");
  require(account->pin_version >= least && account->pin_version <= most,
          "an acknowledged PIN is stored");
}

/// Returns whether the answer -REVERSED is true: the order was reversed, or a reversal of unknown
/// outcome may have been stored. An acknowledged reversal makes it the only true answer.
bool Aftermath::is_true_of_reversals(const Order& order, bool undone) const {
  bool must = false;
  bool may = false;
  for (const Entry& entry : cut_.entries) {
    const bool of_it = entry.order.kind == Kind::reverse && entry.order.account == order.account &&
                       entry.order.key == order.key;
    must = must || (of_it && entry.done());
    may = may || (of_it && entry.open());
  }
  return undone ? must || may : !must;
}

/// Sends the order again: an acknowledged one gets the same reply, or learns that it was reversed;
/// an unknown one is done now.
void Aftermath::ask_again(Branch& branch, Entry& entry) {
  if (!has_key(entry.order) && entry.order.kind != Kind::reverse) return;
  const std::string reply = entry.order.ask(branch);
  if (entry.order.kind == Kind::cancel) {
    if (entry.done())
      require(reply == "+ALREADY", "a repeated cancel is answered ALREADY: " + reply);
    return;
  }
  const bool undone = reply.starts_with("-REVERSED");
  require(is_true_of_reversals(entry.order, undone) || entry.order.kind == Kind::reverse,
          entry.order.command() + " is answered REVERSED only after a REVERSE: " + reply);
  if (entry.done()) {
    require(undone || reply == *entry.reply,
            entry.order.command() + " is answered " + *entry.reply + " again: " + reply);
  } else if (entry.cancelled()) {
    require(reply.starts_with("-CANCELLED"), "a cancelled order never runs: " + reply);
  } else {
    const std::string code = rig::code(reply);
    require(undone || !reply.starts_with('-') || code == "-FUNDS" || code == "-CANCELLED",
            "an unknown order can be sent again: " + reply);
    require(entry.order.ask(branch) == reply, "a repeat gets the first reply: " + reply);
    entry.reply = undone ? "reversed" : reply;
  }
}

void Aftermath::judge_money(Branch& branch) {
  const ledger::AuditReport audit = steps::audit(branch.ledger());
  require(audit.violations == 0, "the audit finds no violation in the end");
  const auto expected = balances_after(cut_.entries);
  for (const auto& [account, balance] : expected) {
    const ledger::Cents found = steps::balance(branch.ledger(), account);
    require(found == balance, "account " + std::to_string(account) +
                                  " has the balance of its acknowledged orders, " +
                                  std::to_string(balance) + ": " + std::to_string(found));
  }
  require(audit.accounts == static_cast<std::int64_t>(expected.size()),
          "every account was ordered by a customer");
}

}  // namespace prove
