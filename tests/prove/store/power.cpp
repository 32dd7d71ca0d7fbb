#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include "tests/bank/reply_text.hpp"
#include "tests/db/faulty_vfs.hpp"
#include "tests/db/folder.hpp"
#include "tests/db/steps.hpp"
#include "tests/prove/invariants/invariants.hpp"
#include "tests/prove/store/checks.hpp"
#include "tests/prove/store/script.hpp"

namespace prove {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t small_log = 16 * 1024;  // so that there are checkpoints all the time

/// What the power leaves when it goes off, and what everybody knew then.
struct Cut {
  std::string label;
  fs::path left;
  std::vector<Entry> told;
  std::int64_t starts = 0;  // numbers given so far
};

/// Holds what is left against what was told.
class Aftermath {
 public:
  Aftermath(Report& report, Cut cut) : report_(report), cut_(std::move(cut)) {}

  void judge() {
    report_.run(cut_.label);
    try {
      Branch branch({cut_.left, {}, cancel::Mechanism::token});
      require(branch.ledger().start_number() > cut_.starts, "no start number is given twice");
      for (const std::string& sentence : invariants::all(evidence_of(cut_.told), branch.ledger())) {
        require(false, sentence);
      }
      judge_marks(branch);
      for (Entry& entry : cut_.told) judge(branch, entry);
      for (Entry& entry : cut_.told) ask_again(branch, entry);
      judge_money(branch);
      for (const std::string& sentence : invariants::left(branch.left())) require(false, sentence);
    } catch (const ledger::OpenFailed& failed) {
      require(false, std::string("what is left opens: ") + failed.what());
    }
    fs::remove_all(cut_.left);
  }

 private:
  void require(bool holds, const std::string& sentence) {
    if (!holds) report_.violation(cut_.label, sentence);
  }

  static bool has_key(const Order& order) {
    return order.kind <= Kind::transfer || order.kind == Kind::cancel;
  }

  void judge(Branch& branch, const Entry& entry) {
    if (!has_key(entry.order)) return;
    const std::string status = branch.status(entry.order.account, entry.order.key);
    const bool cancels = entry.order.kind == Kind::cancel;
    const bool final = cancels ? entry.done() : entry.cancelled();
    if (final) {
      require(status == "cancelled", "a key that was cancelled stays so: " + entry.order.key);
    } else if (entry.done()) {
      require(status == "committed", "what was acknowledged is there: " + entry.order.command());
    }
  }

  /// A frozen mark is the last one told, or one that somebody was about to be told of; so with the
  /// PIN's changes.
  void judge_marks(Branch& branch) {
    const ledger::AccountId id = Script::accounts + 1;
    std::int64_t least = 1;
    std::int64_t most = 1;
    std::optional<bool> frozen = false;
    for (const Entry& entry : cut_.told) {
      if (entry.order.kind == Kind::passwd) {
        least += entry.done() ? 1 : 0;
        most += entry.times;  // a change of the PIN has no key
      }
      if (entry.order.kind != Kind::freeze && entry.order.kind != Kind::unfreeze) continue;
      frozen = entry.done() ? std::optional(entry.order.kind == Kind::freeze) : std::nullopt;
    }
    const auto account = branch.ledger().account(id);
    if (!account) return;
    require(!frozen || account->frozen == *frozen, "a frozen mark stays as it was told");
    require(account->pin_version >= least && account->pin_version <= most,
            "a PIN stays as it was told");
  }

  /// A customer who knows is told the same again; one who does not gets it done now.
  void ask_again(Branch& branch, Entry& entry) {
    if (!has_key(entry.order) && entry.order.kind != Kind::reverse) return;
    const std::string reply = entry.order.ask(branch);
    if (entry.order.kind == Kind::cancel) {
      if (entry.done()) require(reply == "+ALREADY", "a cancel stays one: " + reply);
      return;
    }
    if (entry.done()) {
      require(reply == *entry.reply,
              entry.order.command() + " is answered as it was, " + *entry.reply + ": " + reply);
    } else if (entry.cancelled()) {
      require(reply.starts_with("-CANCELLED"), "what was cancelled is never run: " + reply);
    } else {
      const std::string code = rig::code(reply);
      require(!reply.starts_with('-') || code == "-FUNDS" || code == "-CANCELLED",
              "what was not known can be done: " + reply);
      require(entry.order.ask(branch) == reply, "a repeat is answered as the first: " + reply);
      entry.reply = reply;
    }
  }

  void judge_money(Branch& branch) {
    const ledger::AuditReport audit = steps::audit(branch.ledger());
    require(audit.violations == 0, "the audit finds nothing in the end");
    const auto expected = balances_after(cut_.told);
    for (const auto& [account, balance] : expected) {
      const auto found = branch.ledger().account(account);
      require(found && found->balance == balance,
              "account " + std::to_string(account) + " has what its customers know of, " +
                  std::to_string(balance) + ": " + std::to_string(found ? found->balance : -1));
    }
    require(audit.accounts == static_cast<std::int64_t>(expected.size()),
            "nobody has an account that was not ordered");
  }

  Report& report_;
  Cut cut_;
};

/// One script on one machine, with mishaps.
class Life {
 public:
  Life(Report& report, unsigned seed, int losses)
      : report_(report), seed_(seed), losses_(losses), script_(seed) {
    machine_.remember_synced();
    machine_.before_every_sync([this] { at_sync(); });
  }

  void live(int steps) {
    open();
    for (ledger::AccountId id = 1; id <= Script::accounts + 1; ++id) {
      send({{Kind::create, 0, 0, Script::opening, "open-" + std::to_string(id)}});
    }
    for (int step = 0; step < steps; ++step) {
      const std::uint32_t dice = script_.roll(10);
      if (dice < 6) {
        send(script_.batch());
      } else if (dice < 8) {
        send({script_.single(record_.entries())});
      } else {
        cancel_one();
      }
      judge_cuts();
    }
    branch_.reset();
    judge_cuts();
  }

 private:
  enum class Mishap : std::uint8_t { none, dies, sync_fails };

  /// On the thread that commits. The power would go off now; and perhaps the process dies now.
  void at_sync() {
    ++syncs_;
    const std::vector<Entry> told = record_.entries();
    const std::string where = "seed-" + std::to_string(seed_) + "/sync-" + std::to_string(syncs_);
    for (int loss = 0; loss < losses_; ++loss) {
      const std::string label = where + "/loss-" + std::to_string(loss);
      Cut cut{label, folder_.path() / ("cut-" + std::to_string(++cuts_made_)), told, starts_};
      std::optional<PowerLoss> how;
      if (loss > 0)
        how = PowerLoss{seed_ + syncs_ * 31 + static_cast<unsigned>(loss), loss % 2 ? 512U : 4096U};
      machine_.lose_power(cut.left, how);
      cuts_.push_back(std::move(cut));
    }
    if (syncs_ % 11 == 3 + seed_ % 5) mishap(syncs_ % 2 == 0 ? Mishap::dies : Mishap::sync_fails);
  }

  void mishap(Mishap what) {
    stopped_ = true;
    if (what == Mishap::dies) {
      record_.hang_up();
      machine_.die();
    } else {
      machine_.order({FaultyVfs::Operation::sync, SQLITE_IOERR_FSYNC, 0, false});
    }
  }

  void open() {
    for (;;) {
      try {
        branch_.emplace(
            Branch::Options{folder_.path() / "data",
                            {machine_.name(), small_log},
                            seed_ % 2 == 0 ? cancel::Mechanism::token : cancel::Mechanism::posix});
        starts_ = branch_->ledger().start_number();
        if (!stopped_) return;
        branch_.reset();
      } catch (const ledger::OpenFailed&) {
        if (!stopped_) report_.violation(label_(), "a ledger opens on a machine that is well");
      }
      recover();
    }
  }

  std::string label_() const { return "seed-" + std::to_string(seed_) + "/opening"; }

  /// Another process, on a machine that is well.
  void recover() {
    stopped_ = false;
    machine_.heal();
  }

  /// Sends them at the same time, and again, one by one, those nobody knows of after a mishap.
  void send(const std::vector<Order>& orders) {
    std::vector<Asked> asked;
    if (orders.size() > 1) branch_->gate().shut();
    for (const Order& order : orders) {
      const std::size_t number = record_.add(order);
      if (order.command().empty()) {
        told(number, order.ask(*branch_));
      } else {
        asked.push_back(branch_->start(order.command()));
        record_.listen(number, asked.back().inbox);
      }
    }
    branch_->gate().open();
    for (const Asked& each : asked) branch_->finish(each);
    settle();
  }

  /// The answer of a call that returns it; whoever died before has not heard it.
  void told(std::size_t number, const std::string& reply) {
    const bool dead = stopped_ && reply.starts_with('-');
    if (!dead) record_.note(number, reply);
  }

  void cancel_one() {
    const auto [order, cancel] = script_.cancelled_pair();
    const std::size_t cancels = record_.add(cancel);
    const std::size_t number = record_.add(order);
    const Asked asked = branch_->start_held(order.command(), bank::Point::modified);
    record_.listen(number, asked.inbox);
    const std::string verdict = branch_->cancel_key(order.account, order.key);
    told(cancels, verdict);
    branch_->finish(asked);
    settle();
  }

  void settle() {
    while (stopped_ || !record_.open().empty()) {
      record_.hang_up();
      branch_.reset();
      recover();
      open();
      for (const std::size_t number : record_.open()) {
        if (stopped_) continue;
        record_.again(number);
        told(number, record_.entries()[number].order.ask(*branch_));
      }
    }
  }

  void judge_cuts() {
    for (Cut& cut : cuts_) Aftermath(report_, std::move(cut)).judge();
    cuts_.clear();
  }

  Report& report_;
  const unsigned seed_;
  const int losses_;
  const Folder folder_;
  FaultyVfs machine_;
  Script script_;
  Record record_;
  std::optional<Branch> branch_;
  std::atomic<bool> stopped_{false};
  std::int64_t starts_ = 0;
  unsigned syncs_ = 0;
  int cuts_made_ = 0;
  std::vector<Cut> cuts_;  // by whoever syncs; nobody does when they are judged
};

}  // namespace

void check_power(Report& report) {
  if (!report.wants("store/power")) return;
  report.begin("store/power");
  const bool full = report.options().full;
  const unsigned lives = full ? 10 : 2;
  for (unsigned life = 0; life < lives; ++life) {
    const unsigned seed = report.options().seed + life;
    if (!report.wants_group("seed-" + std::to_string(seed))) continue;
    Life(report, seed, full ? 17 : 7).live(full ? 30 : 20);
    report.tell("store/power: seed " + std::to_string(seed) + ", " +
                std::to_string(report.cases()) + " cases so far");
  }
  report.end(
      "the power going off at every sync of a busy day with crashes and failed syncs in it; "
      "what was not synced kept, dropped or torn by sectors of 512 and 4096 bytes");
}

}  // namespace prove
