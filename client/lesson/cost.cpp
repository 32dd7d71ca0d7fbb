#include <algorithm>
#include <string>
#include <vector>

#include <pthread.h>

#include "client/lesson/child.hpp"
#include "client/lesson/crew.hpp"
#include "client/lesson/page.hpp"
#include "client/lesson/server.hpp"
#include "client/lesson/timing.hpp"

namespace lesson {

namespace {

// In nanoseconds.
struct Prices {
  double test = 0, point = 0, mutex = 0, entry = 0, thread = 0;
};

void do_nothing(void*) noexcept {}

void* end_at_once(void*) {
  return nullptr;
}

// Runs as a task, so that its points and entries are those of a request.
void measure(Task& task, Prices& found) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  found.test = best_time(100, 1000, [] { pthread_testcancel(); });
  found.point = best_time(100, 1000, [] { cancel::pass(working); });
  found.mutex = best_time(100, 1000, [] {
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
  });
  found.entry = best_time(100, 1000, [&task] {
    const cancel::Cleanup entry(task, {"do nothing"}, do_nothing, nullptr);
  });
  found.thread = best_time(100, 10, [] {
    pthread_t thread;
    pthread_create(&thread, nullptr, end_at_once, nullptr);
    pthread_join(thread, nullptr);
  });
}

// Starts tasks that wait, and cancels each. Returns the best time, and how many threads ended.
struct Cancelled {
  double time = 0;
  std::int64_t threads = 0;
};

Cancelled cancel_tasks(const std::string& mechanism, int count) {
  Crew crew(mechanism);
  const double time = best_time(count, 1, [&crew] {
    const auto task = crew.start([](Task& self) { self.wait_for_ever(); });
    crew.run_until_ready(*task);
    crew.cancel(*task);
    crew.run_until_finished(*task);
  });
  return {time, crew.stop()};
}

// Returns the CPU time that a server spends on each of so many commands, sent one after the other.
double cpu_time_of_each(const Server& server, client::Session& session,
                        const std::vector<std::string>& command, int count) {
  const double before = cpu_time(server.pid());
  const client::Until end = client::Clock::now() + ample;
  for (int i = 0; i < count; ++i) session.send(command, end);
  for (int i = 0; i < count; ++i) session.receive(end);
  return (cpu_time(server.pid()) - before) / count;
}

// A server that is compared with the others, and the CPU time of a command in each round.
struct Rival {
  explicit Rival(const std::string& mechanism, const std::string& program = "atm-server")
      : server(mechanism, {"--teaching=false"}, program),
        account(std::to_string(server.open_account(0))),
        session(server.operator_()) {
    call(session, {"BALANCE", account});
  }
  Server server;
  std::string account;
  client::Session session;
  std::vector<double> balance, deposit;
};

constexpr int rounds = 9, balances = 500, deposits = 40;

void run_rounds(const std::vector<Rival*>& rivals) {
  for (int round = 0; round < rounds; ++round) {
    for (Rival* each : rivals) {
      each->balance.push_back(
          cpu_time_of_each(each->server, each->session, {"BALANCE", each->account}, balances));
      each->deposit.push_back(
          cpu_time_of_each(each->server, each->session, {"DEPOSIT", each->account, "1"}, deposits));
    }
  }
}

// How many points a deposit passes, and how many entries are on its stack before the store.
struct Safeguards {
  std::size_t points = 0, entries = 0;
};

Safeguards count_safeguards(const std::string& mechanism) {
  Server server(mechanism);
  const std::string account = std::to_string(server.open_account(0));
  auto customer = server.customer(std::stoll(account));
  auto operator_ = server.operator_();
  Safeguards found;
  for (const std::string point : {"modified", "replied"}) {
    call(operator_, {"HOLD", "ADD", point});
    send(customer, {"DEPOSIT", account, "1"});
    const client::Reply shown = call(operator_, {"TXN", "SHOW", server.held_at(point)});
    found.points = shown.field("passed")->items.size();
    found.entries = std::max(found.entries, shown.field("cleanup")->items.size());
    call(operator_, {"HOLD", "CLEAR"});
    reply_of(customer);
  }
  return found;
}

Prices price_of_one(Page& page) {
  page.text(R"(
    Each request pays for its points and cleanup entries, also if it is never cancelled. A textbook
    (Nichols, Buttlar, Farrell: Pthreads Programming) closes with the question when that is worth
    it, and with the advice to measure. This is a point:)");
  page.code("Request::pass", "server/cancel/request.cpp");
  page.text("(Line ",
            page.line("Request::pass", "without_cancellation", "server/cancel/request.cpp"),
            " is for a comparison below.) ", R"(
    We time a point that finds no cancel, a mutex that is locked and unlocked while no other thread
    wants it, and a cleanup entry that is pushed and popped. Each runs a thousand times in a row,
    in a hundred rounds, and the best round counts.)");
  const Question dearest = page.ask("Which takes the longest?", {"point", "mutex", "entry"});
  Prices one;
  Crew crew(page.mechanism());
  crew.start([&one](Task& self) { measure(self, one); });
  crew.stop();
  page.table({{"pthread_testcancel", "point", "mutex", "entry", "create and join a thread"},
              {format("%.1f ns", one.test), format("%.1f ns", one.point),
               format("%.1f ns", one.mutex), format("%.1f ns", one.entry), in_us(one.thread)}});
  page.answer(
      dearest,
      one.entry > std::max(one.point, one.mutex) ? "entry"
      : one.mutex > one.point                    ? "mutex"
                                                 : "point",
      "The operator may look at the stack of a request that runs. So the push locks a mutex, "
      "and the pop locks it again. A point only reads.",
      {{"mutex", "An entry locks and unlocks one twice."},
       {"point", "A point reads the stage, and notes where the request is."}});
  page.verify("an entry costs more than a mutex", one.entry > 1.5 * one.mutex);
  page.verify("an entry costs more than a point", one.entry > one.point);
  page.verify("a thread costs more than a hundred points", one.thread > 100 * one.point);
  return one;
}

struct Servers {
  Rival without{"token", "atm-server-uncancelable"}, token{"token"}, posix{"posix"};
};

std::vector<std::string> compared(const std::string& name, const Servers& servers,
                                  std::vector<double> Rival::*times) {
  const auto& without = servers.without.*times;
  return {name, in_us(middle(without)), Ratios(servers.token.*times, without).spelled(),
          Ratios(servers.posix.*times, without).spelled()};
}

// Returns what points and entries cost a deposit.
double whole_transactions(Page& page, const Prices& one, Servers& servers) {
  const Safeguards of_deposit = count_safeguards(page.mechanism());
  const double price = static_cast<double>(of_deposit.points) * one.point +
                       static_cast<double>(of_deposit.entries) * one.entry;
  page.text("A deposit passes ", of_deposit.points, " points and has ", of_deposit.entries,
            " entries on its stack: together ", format("%.0f ns", price),
            R"(. To see this in the whole, we send the same transactions to three servers: this one
               with token, with posix, and atm-server-uncancelable, in which a point does nothing
               and an entry only runs at the end of its scope, as every release must.)");
  const Question part = page.ask("Which part of its CPU time does a deposit spend on them?",
                                 {"<2%", "2-20%", ">20%"});
  run_rounds({&servers.without, &servers.token, &servers.posix});
  page.table({{"CPU time of", "uncancelable", "token / uncancelable", "posix / uncancelable"},
              compared("a balance", servers, &Rival::balance),
              compared("a deposit", servers, &Rival::deposit)});
  const double deposit = middle(servers.without.deposit);
  const double share = price / deposit;
  const Ratios token(servers.token.deposit, servers.without.deposit);
  page.verify("points and entries are less than a tenth of a deposit", share < 0.1);
  page.verify("the rounds differ by more than that", token.high - token.low > share);
  page.verify(
      "a deposit takes less than twice the CPU time of an uncancelable one",
      token.middle < 2 && Ratios(servers.posix.deposit, servers.without.deposit).middle < 2);
  const std::string fifth = "A fifth of a deposit is " + in_us(deposit / 5) + ".";
  page.answer(part,
              share < 0.02   ? "<2%"
              : share <= 0.2 ? "2-20%"
                             : ">20%",
              "The share is " + format("%.2f %%", 100 * share) +
                  ", less than the rounds differ: the table has the middle ratio of " +
                  std::to_string(rounds) +
                  " rounds, and in brackets the smallest and the largest. They would be a tenth of "
                  "a transaction that takes " +
                  in_us(10 * price) + ".",
              {{">20%", fifth}, {"2-20%", fifth}});
  return price;
}

void worth_it(Page& page, double price, Rival& token) {
  const auto transfers = call(token.session, {"AUDIT"}).field("transfers")->number;
  page.text("A cancel saves at most the work that is left. An AUDIT reads all transfers, here ",
            transfers, ".");
  const Question pays = page.ask(
      "One audit is cancelled at its start. The safeguards of how many deposits does that pay for?",
      {"<100", "100-5000", ">5000"});
  const double audit = cpu_time_of_each(token.server, token.session, {"AUDIT"}, 5);
  const auto row = [&](const std::string& name, double time) {
    return std::vector<std::string>{name, in_us(time), format("%.0f deposits", time / price)};
  };
  page.table({{"a cancel of", "saves at most", "the price of the safeguards of"},
              row("a balance", middle(token.balance)),
              row("a deposit", middle(token.deposit)),
              row("an audit", audit)});
  const double paid = audit / price;
  const std::string quotient =
      "It is " + in_us(audit) + " divided by " + format("%.0f ns", price) + ".";
  page.answer(pays,
              paid < 100     ? "<100"
              : paid <= 5000 ? "100-5000"
                             : ">5000",
              "The more work a request has before it, the rarer a cancel may be that still pays. A "
              "balance is over before a person could cancel it.",
              {{"<100", quotient}, {"100-5000", quotient}, {">5000", quotient}});
  page.verify("a balance pays for some deposits, an audit for more",
              middle(token.balance) > price && audit > middle(token.balance));
  page.verify("a balance takes less than a tenth of a second", middle(token.balance) < 1e8);
}

void price_of_cancel(Page& page) {
  constexpr int count = 50;
  const Cancelled by_token = cancel_tasks("token", count);
  const Cancelled by_posix = cancel_tasks("posix", count);
  page.text(R"(
    The mechanisms differ when a cancel does come. posix ends the thread, and the next task needs a
    new one:)");
  page.measured(count, " tasks started and cancelled; one takes, with token, ",
                in_us(by_token.time), "; with posix ", in_us(by_posix.time),
                "; threads ended: ", by_token.threads, " and ", by_posix.threads, ".");
  page.verify("token ends no thread, posix one for each cancel",
              by_token.threads == 0 && by_posix.threads == count);
  page.text(R"(
    The textbook answers: hardly for short-lived threads, yes for long ones that hold much. Measured
    in time, points and entries are cheap. They cost care: a consistent state at each point, an
    entry for each thing that is held.)");
}

}  // namespace

void cost(Page& page) {
  const Prices one = price_of_one(page);
  {
    const OneCpu quiet;
    Servers servers;
    const double price = whole_transactions(page, one, servers);
    worth_it(page, price, servers.token);
  }
  price_of_cancel(page);
  page.where("server/cancel/points.hpp", "ATM_WITHOUT_CANCELLATION", "the uncancelable build");
  page.next("let each point read the clock: write seam::now(); above line " +
            std::to_string(page.line("Request::pass", "trace_.note", "server/cancel/request.cpp")) +
            " of server/cancel/request.cpp, scripts/build, atm lesson 13 --check; then atm lesson "
            "14");
}

}  // namespace lesson
