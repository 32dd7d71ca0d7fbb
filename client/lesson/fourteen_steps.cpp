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

struct Place {
  std::string point;
  std::string step;  // of the textbook, the one that follows
  bool owns_mutex;
};

const std::vector<Place> places{
    {"queued", "-", false},    {"started", "1", false},   {"checked", "6", false},
    {"lock-wait", "6", false}, {"locked", "7", true},     {"retrieved", "8", true},
    {"authorized", "9", true}, {"modified", "10", true},  {"committing", "10", true},
    {"committed", "11", true}, {"unlocked", "12", false}, {"replied", "13", false},
};

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

Question explain(Page& page) {
  page.text(R"(
    The bank server of a textbook (Nichols, Buttlar, Farrell: Pthreads Programming) makes a deposit
    in fourteen steps, and so does this one. A boss thread hands the request to a worker. Steps 1 to
    3 lead to this function:)");
  page.code("deposit", "server/bank/deposit.cpp");
  page.text(R"(
    Each point(…) asks whether the request was cancelled. The textbook has four, this deposit
    twelve: queued and started, before this function; checked; lock-wait and locked, in AccountLock;
    retrieved, authorized, modified; committing; committed, in store; unlocked; replied. A request
    can be held at each.)");
  return page.ask("We cancel twelve deposits, each held at another point. How many cancels win?",
                  {"3", "5", "8", "12"});
}

void verify_one(Page& page, const Place& place, const Seen& seen) {
  page.verify("a deposit is cancelled or too late at " + place.point,
              seen.cancelled() || seen.verdict.text == "TOOLATE");
  page.verify("the reply agrees with the verdict at " + place.point,
              seen.cancelled() ? seen.reply.code() == "CANCELLED"
                               : seen.reply.number == at_first + deposited);
  page.verify("the mutex is locked from locked to committed only: " + place.point,
              (seen.locks != "-") == place.owns_mutex);
  page.verify("the balance fits the verdict at " + place.point,
              seen.balance == (seen.cancelled() ? at_first : at_first + deposited));
  page.verify("no mutex is held after the reply at " + place.point, seen.locks_left == 0);
}

std::vector<Seen> cancel_everywhere(Page& page, Server& server) {
  std::vector<Seen> all;
  std::vector<std::vector<std::string>> rows{
      {"step", "held at", "mutex", "cleanup, top first", "verdict", "reply", "balance"}};
  for (const Place& place : places) {
    all.push_back(cancel_deposit_at(server, place.point));
    const Seen& seen = all.back();
    rows.push_back({place.step, place.point, seen.locks == "-" ? "-" : "locked", seen.cleanup,
                    seen.verdict.text, spelled(seen.reply), client::format_amount(seen.balance)});
    verify_one(page, place, seen);
  }
  page.table(rows);
  return all;
}

const Seen& at(const std::vector<Seen>& all, const std::string& point) {
  const auto is_it = [&](const Place& place) { return place.point == point; };
  return all[static_cast<std::size_t>(std::find_if(places.begin(), places.end(), is_it) -
                                      places.begin())];
}

void answer_wins(Page& page, Server& server, const std::vector<Seen>& all, const Question& wins) {
  const auto won =
      std::count_if(all.begin(), all.end(), [](auto& seen) { return seen.cancelled(); });
  page.answer(
      wins, std::to_string(won),
      "Cancellation is disabled just before the store, since a change that was made must be "
      "acknowledged. After that a cancel is too late.",
      {{"3", "AccountLock, store and process_request pass points, too."},
       {"5", "The points before this function, and in AccountLock, count too."},
       {"12", "A cancel after the store would have to take money back."}});
  page.text(R"(
    Where the cancel won, the entries on the stack ran: unlock the mutex, free the request's buffer,
    finish, which sends the reply. At queued no worker has the request: the boss frees the
    buffer.)");
  page.claim("afterwards no mutex is locked and no buffer is allocated",
             server.reaches("live_requests", 0) && server.reaches("live_buffers", 0) &&
                 server.info("held_locks") == 0);
  // Of these deposits, the one in the queue had no thread that could end.
  const auto ended = page.mechanism() == "posix" ? won - 1 : 0;
  page.claim(std::to_string(ended) + " threads of the server ended by pthread_cancel (" +
                 page.mechanism() + ")",
             server.reaches("workers_cancelled", ended));
}

void lock_and_push(Page& page, const std::vector<Seen>& all) {
  page.text(R"(
    Between lock-wait and locked, AccountLock locks the mutex, and then pushes the entry that
    unlocks it. Suppose that a cancel comes between those two.)");
  const Question mutex = page.ask("How is the mutex in the end?", {"locked", "unlocked"});
  const Seen& before = at(all, "lock-wait");
  const Seen& after = at(all, "locked");
  page.verify("nothing is pushed before the mutex is locked",
              before.cleanup.find("unlock") == std::string::npos);
  page.verify("the entry is there at the first point after the lock",
              after.cleanup.starts_with("unlock"));
  page.answer(mutex, after.locks_left == 0 ? "unlocked" : "locked",
              "No point is between the two, so the cancel takes effect at locked, where the entry "
              "is on the stack. Code that relies on having no point must say so.",
              {{"locked", "That would take a point in between, or an asynchronous cancel."}});
}

void last_point(Page& page, Server& server) {
  page.text(R"(
    Step 12 sends the reply. A deposit can no longer be cancelled then. Now a BALANCE, and a deposit
    that is refused as its account is frozen: both are held at answering, before step 12.)");
  const Question late = page.ask("Which of the two can still be cancelled there?",
                                 {"neither", "balance", "refused", "both"});
  const std::string account = std::to_string(server.open_account(at_first));
  auto operator_ = server.operator_();
  const Seen balance = cancel_at(server, "answering", {"BALANCE", account});
  call(operator_, {"ACCOUNT", "FREEZE", account});
  const Seen refused = cancel_at(server, "answering", {"DEPOSIT", account, "2000"});
  page.table({{"at answering", "cancellation", "verdict", "reply"},
              {"balance", balance.cancelability, balance.verdict.text, spelled(balance.reply)},
              {"refused", refused.cancelability, refused.verdict.text, spelled(refused.reply)}});
  page.answer(late,
              balance.cancelled() && refused.cancelled() ? "both"
              : balance.cancelled()                      ? "balance"
              : refused.cancelled()                      ? "refused"
                                                         : "neither",
              "Neither has changed anything, so cancellation was never disabled.",
              {{"neither", "That holds for a deposit that was stored."}});
}

}  // namespace

void fourteen_steps(Page& page) {
  const Question wins = explain(page);
  Server server(page.mechanism());
  const std::vector<Seen> all = cancel_everywhere(page, server);
  answer_wins(page, server, all, wins);
  lock_and_push(page, all);
  last_point(page, server);
  page.where("server/bank/points.hpp", "define CANCELLATION_POINTS", "all points");
  page.next(
      "delete lock.unlock() in deposit.cpp, run scripts/build, and look at the table again; or go "
      "on with atm lesson 4");
}

}  // namespace lesson
