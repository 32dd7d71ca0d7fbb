#include <algorithm>
#include <string>
#include <vector>

#include "client/lesson/page.hpp"
#include "client/lesson/server.hpp"
#include "client/terminal/amount.hpp"

namespace lesson {

namespace {

constexpr std::int64_t at_first = 100'00;  // the balance of each new account
constexpr std::int64_t deposited = 20'00;

// One request that was cancelled while it was held.
struct Seen {
  std::string locks, cleanup, cancelability;  // while it was held
  client::Reply verdict, reply;
  std::int64_t locks_left = 0;  // by the time of the reply
  std::int64_t balance = 0;

  bool cancelled() const { return verdict.text == "CANCELLED"; }
};

std::string first_words(const client::Reply& list) {
  std::string all;
  for (const client::Reply& each : list.items) {
    const std::string text = each.spelled();
    all += (all.empty() ? "" : ", ") + text.substr(0, text.find(' '));
  }
  return all.empty() ? "-" : all;
}

// Holds a deposit at its last point. Returns the points that it has passed.
std::vector<std::string> points_of_deposit(Server& server) {
  const std::string account = std::to_string(server.open_account(at_first));
  auto customer = server.customer(std::stoll(account));
  auto operator_ = server.operator_();
  call(operator_, {"HOLD", "ADD", "replied", "ACCOUNT", account});
  send(customer, {"DEPOSIT", account, std::to_string(deposited)});
  const client::Reply shown = call(operator_, {"TXN", "SHOW", server.held_at("replied")});
  call(operator_, {"HOLD", "CLEAR"});
  std::vector<std::string> points;
  for (const client::Reply& each : shown.field("passed")->items) points.push_back(each.text);
  reply_of(customer);
  return points;
}

// Sends the command as a customer, holds the request at the point, looks at it, cancels it, and
// receives both ends: the verdict and the reply.
Seen cancel_at(Server& server, const std::string& point, const std::vector<std::string>& command) {
  const std::int64_t account = std::stoll(command.at(1));
  auto customer = server.customer(account);
  auto operator_ = server.operator_();
  call(operator_, {"HOLD", "ADD", point, "ACCOUNT", command.at(1)});
  send(customer, command);
  const std::string handle = server.held_at(point);

  Seen seen;
  const client::Reply shown = call(operator_, {"TXN", "SHOW", handle});
  seen.locks = first_words(*shown.field("locks"));
  seen.cleanup = first_words(*shown.field("cleanup"));
  seen.cancelability = shown.field("cancelability")->text;
  seen.verdict = call(operator_, {"TXN", "CANCEL", handle});
  call(operator_, {"HOLD", "CLEAR"});
  seen.reply = reply_of(customer);
  seen.locks_left = server.info("held_locks");
  seen.balance = call(customer, {"BALANCE", command.at(1)}).number;
  return seen;
}

Seen cancel_deposit_at(Server& server, const std::string& point) {
  const std::string account = std::to_string(server.open_account(at_first));
  return cancel_at(server, point, {"DEPOSIT", account, std::to_string(deposited)});
}

std::string spelled(const client::Reply& reply) {
  return reply.is_error() ? std::string(reply.code()) : client::format_amount(reply.number);
}

Question explain(Page& page, const std::vector<std::string>& points) {
  page.text(R"(
    The bank server of a textbook (Nichols, Buttlar, Farrell: Pthreads Programming) makes a deposit
    in fourteen steps, and so does this one. A worker thread runs process_request (1), which looks
    at the operation (2) and calls (3):)");
  page.code("deposit", "server/bank/deposit.cpp");
  std::string names;
  for (const std::string& each : points) names += (names.empty() ? "" : ", ") + each;
  const std::string count = std::to_string(points.size());
  page.text(R"(
    Up to point_of_no_return, each point(…) asks whether the request was cancelled, and if so ends
    it. The textbook's deposit has four points, this one )",
            count, ": ", names,
            R"(. Some are in functions that this one calls, or outside. We hold )", count,
            R"( deposits of 20.00 into accounts with 100.00, each at another point, look at
    mutex and stack, and cancel them.)");
  return page.ask("How many of the " + count + " cancels win?", {"4", "5", "8", count});
}

void verify_one(Page& page, const std::string& point, const Seen& seen) {
  page.verify("a deposit is cancelled or too late at " + point,
              seen.cancelled() || seen.verdict.text == "TOOLATE");
  page.verify("the reply agrees with the verdict at " + point,
              seen.cancelled() ? seen.reply.code() == "CANCELLED"
                               : seen.reply.number == at_first + deposited);
  const bool stored = point == "unlocked" || point == "committed" || point == "replied";
  page.verify("the mutex is unlocked from the point unlocked on: " + point,
              !stored || seen.locks == "-");
  page.verify("the entry is on the stack while the mutex is locked: " + point,
              seen.cleanup.starts_with("unlock") == (seen.locks != "-"));
  page.verify("the balance fits the verdict at " + point,
              seen.balance == (seen.cancelled() ? at_first : at_first + deposited));
  page.verify("no mutex is held after the reply at " + point, seen.locks_left == 0);
}

std::vector<Seen> cancel_everywhere(Page& page, Server& server,
                                    const std::vector<std::string>& points) {
  std::vector<Seen> all;
  std::vector<std::vector<std::string>> rows{
      {"held at", "mutex", "stack, top first", "verdict", "reply", "balance"}};
  for (const std::string& point : points) {
    all.push_back(cancel_deposit_at(server, point));
    const Seen& seen = all.back();
    rows.push_back({point, seen.locks == "-" ? "-" : "locked", seen.cleanup, seen.verdict.text,
                    spelled(seen.reply), client::format_amount(seen.balance)});
    verify_one(page, point, seen);
  }
  page.table(rows);
  return all;
}

void answer_wins(Page& page, Server& server, const std::vector<Seen>& all, const Question& wins) {
  const auto won =
      std::count_if(all.begin(), all.end(), [](auto& seen) { return seen.cancelled(); });
  page.answer(
      wins, std::to_string(won),
      "Cancellation is disabled just before the store, since a change that is stored has to "
      "be acknowledged.",
      {{"4", "There are points before this function, and in AccountLock, too."},
       {"5", "Not every point(…) of this function comes before point_of_no_return."},
       {wins.choices.back(), "A cancel after the store would have to take money back."}});
  page.text(R"(
    Where the cancel won, the entries of the stack ran: unlock the mutex; free the buffer of the
    request; finish, which sends the reply. At queued no worker has pushed an entry yet, so the
    boss frees the buffer.)");
  page.claim("afterwards no mutex is locked and no buffer is allocated",
             server.reaches("live_requests", 0) && server.reaches("live_buffers", 0) &&
                 server.info("held_locks") == 0);
  // The deposit in the queue had no worker that could end.
  const bool posix = page.mechanism() == "posix";
  const auto ended = posix ? won - 1 : 0;
  page.claim(posix ? "--mechanism posix: " + std::to_string(ended) +
                         " workers ended, one for each that won except at queued"
                   : "--mechanism token, the default: a point throws, and no worker ended",
             server.reaches("workers_cancelled", ended));
}

void lock_and_push(Page& page, const std::vector<Seen>& all) {
  page.text(R"(
    AccountLock waits for the mutex at the point lock-wait, locks it, pushes the entry that unlocks
    it, and passes the point locked. Suppose that a cancel arrives after the mutex is locked and
    before the entry is pushed.)");
  const Question mutex = page.ask("How is the mutex in the end?", {"locked", "unlocked"});
  const bool stays =
      std::any_of(all.begin(), all.end(), [](auto& seen) { return seen.locks_left != 0; });
  page.answer(mutex, stays ? "locked" : "unlocked",
              "There is no point in between. So the cancel takes effect at the next point, locked, "
              "and there the entry is on the stack, as the table shows. Code that relies on having "
              "no point must say so in a comment.",
              {{"locked",
                "For the mutex to stay locked, there would have to be a point in between, or the "
                "cancel would have to be asynchronous."}});
}

void last_point(Page& page, Server& server) {
  page.text(R"(
    Step 12 sends the reply, 13 frees the buffer, and 14 ends the thread of the textbook. At the
    point answering, before 12, we hold a BALANCE, and a deposit that is refused because its account
    is frozen.)");
  const Question late =
      page.ask("A stored deposit cannot be cancelled before step 12. Which of these two can?",
               {"neither", "balance", "refused", "both"});
  const std::string account = std::to_string(server.open_account(at_first));
  auto operator_ = server.operator_();
  const Seen balance = cancel_at(server, "answering", {"BALANCE", account});
  call(operator_, {"ACCOUNT", "FREEZE", account});
  const Seen refused = cancel_at(server, "answering", {"DEPOSIT", account, "2000"});
  page.measured("balance: ", balance.verdict.text, "; refused deposit: ", refused.verdict.text);
  page.verify("the replies agree with the verdicts",
              spelled(balance.reply) == balance.verdict.text &&
                  spelled(refused.reply) == refused.verdict.text);
  page.verify("cancellation is enabled for both",
              balance.cancelability == "enabled" && refused.cancelability == "enabled");
  page.answer(late,
              balance.cancelled() && refused.cancelled() ? "both"
              : balance.cancelled()                      ? "balance"
              : refused.cancelled()                      ? "refused"
                                                         : "neither",
              "Neither has stored anything, so cancellation was never disabled.",
              {{"neither", "That would be so if they had stored something."}});
}

}  // namespace

void fourteen_steps(Page& page) {
  Server server(page.mechanism());
  const std::vector<std::string> points = points_of_deposit(server);
  const Question wins = explain(page, points);
  const std::vector<Seen> all = cancel_everywhere(page, server, points);
  answer_wins(page, server, all, wins);
  lock_and_push(page, all);
  last_point(page, server);
  page.where("server/bank/account_lock.cpp", "AccountLock::AccountLock", "lock, push, point");
  page.next(
      "delete lock.unlock() in server/bank/deposit.cpp, scripts/build, atm lesson 3: which row is "
      "another? Put it back, scripts/build; then atm lesson 4");
}

}  // namespace lesson
