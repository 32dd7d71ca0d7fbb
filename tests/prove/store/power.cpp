#include <atomic>
#include <filesystem>
#include <optional>

#include "tests/db/faulty_vfs.hpp"
#include "tests/db/folder.hpp"
#include "tests/prove/store/aftermath.hpp"
#include "tests/prove/store/checks.hpp"

namespace prove {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t small_log = 16 * 1024;  // makes checkpoints frequent

/// One script on one machine, with crashes and failed syncs.
class Life {
 public:
  Life(Report& report, unsigned seed, int losses)
      : report_(report), seed_(seed), losses_(losses), script_(seed) {
    machine_.record_syncs();
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
  enum class Mishap : std::uint8_t { dies, sync_fails };

  /// Called on the thread that commits. Records the losses of power that could happen now, and now
  /// and then makes the process die or the sync fail.
  void at_sync() {
    ++syncs_;
    const std::vector<Entry> entries = record_.entries();
    const std::string where = "seed-" + std::to_string(seed_) + "/sync-" + std::to_string(syncs_);
    for (int loss = 0; loss < losses_; ++loss) {
      const std::string label = where + "/loss-" + std::to_string(loss);
      Cut cut{label, folder_.path() / ("cut-" + std::to_string(++cuts_made_)), entries, starts_};
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
      machine_.plan({FaultyVfs::Operation::sync, SQLITE_IOERR_FSYNC, 0, false});
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
        report_.begin_case("seed-" + std::to_string(seed_) + "/opening");
        report_.require(stopped_, "a ledger opens on a machine without faults");
      }
      recover();
    }
  }

  /// Stands for the end of the process and a repair of the machine.
  void recover() {
    stopped_ = false;
    machine_.heal();
  }

  /// Sends the orders at the same time. After a mishap, sends unknown ones again, one by one.
  void send(const std::vector<Order>& orders) {
    std::vector<Asked> asked;
    if (orders.size() > 1) branch_->gate().shut();
    for (const Order& order : orders) {
      const std::size_t number = record_.add(order);
      if (order.command().empty()) {
        note(number, order.ask(*branch_));
      } else {
        asked.push_back(branch_->start(order.command()));
        record_.listen(number, asked.back().inbox);
      }
    }
    branch_->gate().open();
    for (const Asked& each : asked) branch_->finish(each);
    settle();
  }

  /// Notes a reply, unless the process died before it was sent.
  void note(std::size_t number, const std::string& reply) {
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
    note(cancels, verdict);
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
        note(number, record_.entries()[number].order.ask(*branch_));
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
  std::vector<Cut> cuts_;  // written by the thread that syncs; judged when none does
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
    report.print_progress("store/power: seed " + std::to_string(seed) + ", " +
                          std::to_string(report.cases()) + " cases so far");
  }
  report.end(
      "a loss of power at every sync of a random script with crashes and failed syncs; unsynced "
      "writes kept, lost or torn by sectors of 512 and 4096 bytes");
}

}  // namespace prove
