/// The place of an event in the stream of TXN WATCH agrees with what happened, in many orders of
/// the threads.

#include <map>

#include <doctest/doctest.h>

#include "server/bank/watch.hpp"
#include "server/commands/txn.hpp"
#include "tests/bank/explored_bank.hpp"
#include "tests/bank/reply_text.hpp"

using explored::Bank;
using explored::Customer;
using explored::ReceivedVerdict;
using explored::share;

namespace {

/// Follows a stream, and checks each event against those before it.
class Story {
 public:
  explicit Story(explore::Run& run) : run_(run) {}

  void follow(const bank::Sighting& seen) {
    run_.check(seen.number == ++last_number_, "numbers have no gap");
    Life& life = lives_[seen.handle];
    const std::string event(seen.event);
    const std::string first = seen.details.empty() ? "" : rig::text(seen.details[0]);
    const std::string second = seen.details.size() < 2 ? "" : rig::text(seen.details[1]);
    const bool by_canceller = event == "cancel" || event == "verdict";
    run_.check(life.stage.empty() == (event == "admitted"), "a request is admitted first, once");
    run_.check(!life.gone || by_canceller, "only a canceller is heard of after the end");
    if (event == "admitted") life.stage = "queued";
    if (event == "stage") change_stage(life, first);
    if (event == "point") pass_point(life, first);
    if (event == "granted") {
      run_.check(owners_.emplace(second, seen.handle).second, "a mutex has one owner at a time");
    }
    if (event == "released") {
      const auto owner = owners_.find(second);
      run_.check(owner != owners_.end() && owner->second == seen.handle, "its owner releases it");
      owners_.erase(second);
    }
    if (event == "cleanup") change_stack(life, first, second);
    if (event == "verdict") check_verdict(life, first);
    if (event == "reply") check_reply(life, first);
    if (event == "gone") {
      run_.check(life.stack.empty(), "the cleanup stack is empty at the end");
      life.gone = true;
    }
  }
  void end() {
    run_.check(owners_.empty(), "every mutex is released");
    for (const auto& [handle, life] : lives_) run_.check(life.gone, "every request ends");
  }

 private:
  struct Life {
    std::string stage;  // empty: not admitted
    std::vector<std::string> stack;
    bool unwinding = false;  // has reached a point at which the cancel had won
    bool gone = false;
  };

  void change_stage(Life& life, const std::string& to) {
    const std::string change = life.stage + " " + to;
    constexpr std::string_view known =
        "queued running|queued cancelling|running cancelling|running committing|running answered|"
        "committing committed|committing answered|cancelling cancelled|";
    run_.check(known.find(change + "|") != known.npos, "the stage changes as stage.hpp says");
    life.stage = to;
  }
  void pass_point(Life& life, const std::string& name) {
    const bool past =
        name == "committing" || name == "ordered" || name == "unlocked" || name == "committed";
    run_.check(!past || life.stage == "committing" || life.stage == "committed",
               "points behind the point of no return are reached behind it");
    run_.check(!life.unwinding, "a cancelled request reaches at most one more point");
    life.unwinding = life.stage == "cancelling";
  }
  void change_stack(Life& life, const std::string& how, const std::string& entry) {
    if (how == "pushed") return life.stack.push_back(entry);
    const bool is_top = !life.stack.empty() && life.stack.back() == entry;
    run_.check(is_top, "the topmost cleanup entry is popped");
    if (is_top) life.stack.pop_back();
  }
  void check_verdict(const Life& life, const std::string& verdict) {
    const bool cancelled = life.stage == "cancelled";
    const bool too_late =
        life.stage == "committing" || life.stage == "committed" || life.stage == "answered";
    run_.check(verdict == "TOOLATE" ? too_late : cancelled, "a verdict follows what it says");
  }
  void check_reply(const Life& life, const std::string& code) {
    run_.check(life.stage == (code == "CANCELLED" ? "cancelled" : "committed"),
               "a reply follows what it says");
  }

  explore::Run& run_;
  std::int64_t last_number_ = 0;
  std::map<cancel::Handle, Life> lives_;
  std::map<std::string, cancel::Handle> owners_;
};

/// Two deposits to one account, and a cancel of one of them.
void two_deposits_and_a_cancel(explore::Run& run, cancel::Mechanism mechanism) {
  bank::Watch watch;
  const auto viewer = watch.view(std::nullopt, [] {});
  Bank world(run, mechanism, 2, &watch);
  const auto first = world.ask("DEPOSIT 1 60 KEY a");
  const auto second = world.ask("DEPOSIT 1 7 KEY b");
  ReceivedVerdict canceller;
  run.spawn("canceller", [&] {
    commands::cancel_transaction(
        world.bank(), to_string(first->txn->handle()), "no",
        [&](cancel::Verdict verdict, const auto&) { canceller.receive(verdict); });
  });
  run.go();
  world.check();
  Story story(run);
  for (const bank::Sighting& seen : viewer->take(bank::Watch::most_unread)) story.follow(seen);
  story.end();
}

}  // namespace

TEST_CASE("in many orders of the threads, a watch reports events as they happened") {
  for (const auto mechanism : {cancel::Mechanism::token, cancel::Mechanism::posix}) {
    CAPTURE(static_cast<int>(mechanism));
    const auto body = [&](explore::Run& run) { two_deposits_and_a_cancel(run, mechanism); };
    const auto bounded = explore::exhaustive({.most_runs = 1000 / share, .preemptions = 1}, body);
    CHECK_MESSAGE(!bounded.failure, bounded.text());
    const auto lots = explore::pct({}, 11, 3, 500 / share, body);
    CHECK_MESSAGE(!lots.failure, lots.text());
    const auto random = explore::random({}, 5, 300 / share, body);
    CHECK_MESSAGE(!random.failure, random.text());
  }
}
