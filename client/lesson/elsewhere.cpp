#include <string>
#include <vector>

#include <pthread.h>
#include <sqlite3.h>

#include "client/lesson/child.hpp"
#include "client/lesson/page.hpp"
#include "client/lesson/server.hpp"
#include "client/terminal/amount.hpp"

namespace lesson {

namespace {

constexpr std::int64_t at_first = 100'00;  // the balance of each new account

// Families of mistakes, and for each the patch that makes one in this server.
const std::vector<std::vector<std::string>> families{
    {"a late cancel hits the next request", "late-cancel-hits-next"},
    {"a cancel that lost is reported as done", "verdict-before-swap"},
    {"a cancelled change is committed", "enabled-across-store"},
    {"a request that cannot be cancelled", "disabled-before-lock-wait"},
    {"answered, not yet committed", "published-before-sync"},
    {"acknowledged, not durable", "acknowledged-before-sync"},
    {"a caught unwind", "catch-all-swallows"},
    {"one failure undoes the work of others", "funds-left-to-store"},
    {"cleanup in another order", "cleanup-in-wrong-order"},
};

void* swallow(void*) {
  try {
    for (;;) pthread_testcancel();
  } catch (...) {  // some error, it thinks
  }
  return nullptr;
}

// Interrupts the second INSERT of a transaction. Returns what the COMMIT then answers.
std::string commit_after_interrupt() {
  sqlite3* database = nullptr;
  sqlite3_open(":memory:", &database);
  const auto execute = [database](const char* sql) {
    sqlite3_exec(database, sql, nullptr, nullptr, nullptr);
  };
  execute("CREATE TABLE numbers(n); BEGIN; INSERT INTO numbers VALUES (1)");
  const auto interrupt = [](void* at_work) {
    sqlite3_interrupt(static_cast<sqlite3*>(at_work));
    return 0;
  };
  sqlite3_progress_handler(database, 1000, interrupt, database);
  execute(
      "WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up LIMIT 1000000) "
      "INSERT INTO numbers SELECT n FROM up");
  sqlite3_progress_handler(database, 0, nullptr, nullptr);
  execute("COMMIT");
  std::string answer = sqlite3_errmsg(database);
  sqlite3_close(database);
  return answer;
}

std::string spelled(const client::Reply& reply) {
  if (reply.is_error()) return std::string(reply.code());
  return reply.text.empty() ? client::format_amount(reply.number) : reply.text;
}

std::vector<std::string> deposit(std::int64_t account) {
  return {"DEPOSIT", std::to_string(account), "2000", "KEY", "rent"};
}

client::Reply operate(Server& server, const std::vector<std::string>& command) {
  auto operator_ = server.operator_();
  return call(operator_, command);
}

void hold(Server& server, const std::string& point, std::int64_t account) {
  operate(server, {"HOLD", "ADD", point, "ACCOUNT", std::to_string(account)});
}

// Blocks until a transaction waits for a mutex. Returns false after a minute.
bool waits_for_mutex(Server& server) {
  for (const auto end = client::Clock::now() + ample; client::Clock::now() < end;) {
    for (const client::Reply& each : operate(server, {"TXN", "LIST"}).items) {
      if (each.field("waiting")->text.starts_with("lock")) return true;
    }
  }
  return false;
}

std::string outcome(Server& server, std::int64_t account) {
  return operate(server, {"STATUS", std::to_string(account), "rent"}).field("outcome")->text;
}

void late_cancel(Page& page, Server& server) {
  page.text(R"(
    Known programs had the mistakes of these lessons. Each story is from a public report (links:
    client/lesson/README.md), and this server runs the same scene.

    A late cancel hits the next query. PostgreSQL applies a cancel to the query that the connection
    runs when the cancel arrives. In lib/pq (issue 1001, 2020) that could be the next query. A user
    of pgbouncer (issue 245, 2017) saw a cancel arrive eight minutes late, a user of Effect (issue
    8068, 2026) one that hit the statement of another task.)");
  const Question second = page.ask(
      "A deposit has ended, and the next one of its connection is held. The operator cancels the "
      "first one by its handle. How does the second one end?",
      {"cancelled", "done"});
  const std::int64_t account = server.open_account(at_first);
  const std::vector<std::string> command{"DEPOSIT", std::to_string(account), "2000"};
  auto customer = server.customer(account);
  hold(server, "modified", account);
  send(customer, command);
  const std::string first = server.held_at("modified");
  operate(server, {"TXN", "RESUME", first});
  reply_of(customer);
  send(customer, command);
  server.held_at("modified");
  server.reaches("live_requests", 1);  // the first one has ended
  const auto late = operate(server, {"TXN", "CANCEL", first});
  operate(server, {"HOLD", "CLEAR"});
  const auto unharmed = reply_of(customer);
  page.measured("late cancel: ", spelled(late), "; second deposit: ", spelled(unharmed));
  page.verify("a late cancel finds nothing, and the next request is unharmed",
              late.code() == "INVALIDHANDLE" && spelled(unharmed) == "140.00");
  page.answer(second, unharmed.code() == "CANCELLED" ? "cancelled" : "done",
              "A handle names one request, not a connection, and no other one later.",
              {{"cancelled", "For that, the cancel would have to name the connection."}});
}

void off_by_one(Page& page, Server& server) {
  page.text(R"(
    Every later reply off by one. In redis-py (issue 2665, 2023) a task could be cancelled between
    the sending of a command and the reading of its reply. The connection stayed in use. Through
    this, some users of ChatGPT saw titles from the chats of others (OpenAI, 24 March 2023).)");
  const Question read = page.ask(
      "A client sends BALANCE (100.00), gives up, and sends DEPOSIT 20.00 over the same "
      "connection. Which reply does it take for that of the deposit?",
      {"100.00", "120.00"});
  const auto account = server.open_account(at_first), other = server.open_account(at_first);
  const client::Until end = client::Clock::now() + ample;
  auto careless = server.customer(account);
  careless.open(end);
  careless.send({"BALANCE", std::to_string(account)}, end);  // and is cancelled before it reads
  careless.send(deposit(account), end);
  const auto mistaken = careless.receive(end);
  careless.send({"HISTORY", std::to_string(account)}, end);
  const auto shifted = careless.receive(end);
  auto careful = server.customer(other);
  hold(server, "answering", other);
  careful.open(end);
  bool gave_up = false;
  try {
    careful.call({"BALANCE", std::to_string(other)}, client::Clock::now());
  } catch (const client::ConnectionLost&) {
    gave_up = true;
  }
  operate(server, {"HOLD", "CLEAR"});
  const auto right = call(careful, deposit(other));
  page.measured("careless: DEPOSIT takes ", spelled(mistaken), ", the next ", spelled(shifted),
                "; with Session::call: ", spelled(right));
  page.verify("the next is off by one, too", spelled(shifted) == "120.00");
  page.verify("a session that gave up is not", gave_up && spelled(right) == "120.00");
  page.answer(read, spelled(mistaken),
              "Replies have no names, only an order. A client that gives up on one must close the "
              "connection, as Session::call does.",
              {{"120.00", "120.00 is the next reply in the connection."}});
}

void caught_unwind(Page& page) {
  page.text(R"(
    A caught unwind. pthread_cancel unwinds the thread, and nothing may stop that. A catch (...)
    aborted programs with spdlog (pull request 533, 2017), and Ardour (1125, 2026) and btop (issue
    1746, 2026). In Waybar (1132, 2021) it was a noexcept function. We cancel a thread that is in
    a try with a catch (...), in a process of its own:)");
  if (under_thread_sanitizer) return page.skip("ThreadSanitizer cannot start threads in a child");
  const Ended ended = run_in_child([] {
    pthread_t thread;
    pthread_create(&thread, nullptr, swallow, nullptr);
    pthread_cancel(thread);
    pthread_join(thread, nullptr);
  });
  constexpr const char* message = "FATAL: exception not rethrown";
  page.measured("The process ", ended.spelled(), ": ", message);
  page.verify("a swallowed unwind aborts the process",
              ended.signal != 0 && ended.output.find(message) != ended.output.npos);
}

void lost_cancel(Page& page, Server& server) {
  page.text(R"(
    A verdict that says too little. A user of TiDB reported (issue 4551, 2017) that KILL
    committed the open transaction. In DBOS (issue 767, 2026) cancel_workflow() returned the same if
    the workflow had just ended; its maintainer found that right. Some queries of ClickHouse could
    not be killed (issue 1576): KILL only sets a flag that a query must look at (20273). We cancel a
    deposit before the store, one after it, and one that waits for a mutex:)");
  std::vector<std::vector<std::string>> rows{{"cancelled at", "verdict", "reply", "STATUS"}};
  const auto cancel_at = [&](const std::string& point, std::int64_t account) {
    auto customer = server.customer(account);
    hold(server, point, account);
    send(customer, deposit(account));
    const auto verdict = operate(server, {"TXN", "CANCEL", server.held_at(point)});
    operate(server, {"HOLD", "CLEAR"});
    rows.push_back(
        {point, spelled(verdict), spelled(reply_of(customer)), outcome(server, account)});
  };
  const std::int64_t waiting_for = server.open_account(at_first);
  cancel_at("modified", server.open_account(at_first));
  cancel_at("committed", server.open_account(at_first));
  auto owner = server.customer(waiting_for), waiter = server.customer(waiting_for);
  hold(server, "locked", waiting_for);
  send(owner, {"DEPOSIT", std::to_string(waiting_for), "100"});
  server.held_at("locked");
  send(waiter, deposit(waiting_for));
  page.verify("the deposit waits for the mutex", waits_for_mutex(server));
  const auto verdict =
      operate(server, {"CANCEL", std::to_string(waiting_for), "rent", "WAIT", "60000"});
  rows.push_back(
      {"lock-wait", spelled(verdict), spelled(reply_of(waiter)), outcome(server, waiting_for)});
  operate(server, {"HOLD", "CLEAR"});
  reply_of(owner);
  page.table(rows);
  const std::vector<std::vector<std::string>> expected{
      rows[0],
      {"modified", "CANCELLED", "CANCELLED", "cancelled"},
      {"committed", "TOOLATE", "120.00", "committed"},
      {"lock-wait", "CANCELLED", "CANCELLED", "cancelled"}};
  page.verify("verdict, reply and STATUS agree", rows == expected);
}

void not_durable(Page& page, Server& server) {
  page.text(R"(
    Acknowledged, not durable. In RocksDB (issue 3096, 2017) the leader of a group of writes did not
    pass on an error of its log, and its followers returned OK. In YugabyteDB (issue 32875, 2026) a
    follower may acknowledge what its own log does not hold durably. In PostgreSQL a cancel ends the
    wait for the standby, and the COMMIT succeeds, with a warning (syncrep.c).)");
  const Question killed = page.ask(
      "A deposit is held at committing, before the store. We kill the server with SIGKILL and "
      "start it again. What does STATUS answer for its key?",
      {"none", "running", "committed"});
  const std::int64_t account = server.open_account(at_first);
  auto customer = server.customer(account);
  hold(server, "committing", account);
  send(customer, deposit(account));
  server.held_at("committing");
  server.kill();
  server.start();
  const std::string lost = outcome(server, account);
  const auto reply = operate(server, deposit(account));
  server.kill();
  server.start();
  const std::string kept = outcome(server, account);
  page.measured("after the kill: ", lost, "; sent again: ", spelled(reply),
                "; killed after that: ", kept);
  page.verify("an acknowledged deposit survives",
              spelled(reply) == "120.00" && kept == "committed");
  page.answer(killed, lost,
              "Only its client knows of this deposit, and has no reply. A reply is sent when the "
              "change is durable, not before.",
              {{"committed", "The store comes after this point."},
               {"running", "It ran in the process that was killed."}});
}

void too_much_undone(Page& page) {
  page.text(R"(
    Too much undone. sqlite3_interrupt() in an INSERT rolls back the whole transaction, as its
    manual says. A library (crawshaw/sqlite, issue 73, 2019) then rolled back to a savepoint that
    was gone, and panicked. We interrupt a second INSERT, then COMMIT:)");
  const std::string answer = commit_after_interrupt();
  page.measured(answer);
  page.verify("an interrupt ends the transaction", answer.ends_with("no transaction is active"));
}

void list_patches(Page& page) {
  page.text(R"(
    Cleanup in another order. In LevelDB the cleanup functions A, B and C of an iterator run as A,
    C, B (table/iterator.cc). Patches in tests/prove/mistakes make such mistakes in this server:)");
  page.table(families);
  for (const auto& family : families) {
    page.verify(
        family[1] + " says which mistake it is",
        lines_of("tests/prove/mistakes/" + family[1] + ".patch")[0].text.starts_with("Mistake: "));
  }
}

}  // namespace

void elsewhere(Page& page) {
  {
    Server server(page.mechanism());
    late_cancel(page, server);
    off_by_one(page, server);
    lost_cancel(page, server);
    not_durable(page, server);
  }
  caught_unwind(page);
  too_much_undone(page);
  list_patches(page);
  page.where("server/cancel/unwinding.hpp", "cannot be taken back", "no late cancel under posix");
  page.next("tests/prove/mistakes/run --only late-cancel makes the first of these, and finds it");
}

}  // namespace lesson
