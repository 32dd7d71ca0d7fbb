#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "client/lesson/child.hpp"
#include "client/lesson/page.hpp"
#include "client/lesson/server.hpp"
#include "client/terminal/amount.hpp"
#include "client/terminal/text.hpp"

namespace lesson {

namespace {

constexpr std::int64_t at_first = 100'00;  // the balance of each new account
const std::string key = "rent";

std::vector<std::string> deposit(std::int64_t account) {
  return {"DEPOSIT", std::to_string(account), "2000", "KEY", key};
}

std::string spelled(const client::Reply& reply) {
  return reply.is_error() ? std::string(reply.code()) : client::format_amount(reply.number);
}

// The text up to its details.
std::string in_short(const std::string& text) {
  return text.substr(0, text.find_first_of(":;"));
}

std::string in_short(const client::Reply& reply) {
  return reply.is_error() ? in_short(reply.text) : spelled(reply);
}

client::Reply operate(Server& server, const std::vector<std::string>& command) {
  auto operator_ = server.operator_();
  return call(operator_, command);
}

client::Reply call_as(Server& server, std::int64_t account,
                      const std::vector<std::string>& command) {
  auto session = server.customer(account);
  return call(session, command);
}

std::string balance(Server& server, std::int64_t account) {
  return spelled(operate(server, {"BALANCE", std::to_string(account)}));
}

void hold(Server& server, const std::string& point, std::int64_t account) {
  operate(server, {"HOLD", "ADD", point, "ACCOUNT", std::to_string(account)});
}

// Runs `atm deposit` as the customer, types Ctrl-C once the deposit is held, and returns all that
// atm prints.
std::string type_ctrl_c(Server& server, std::int64_t account) {
  return run_in_child([&] {
           const pid_t atm = fork();
           if (atm == 0) server.run_client(account, {"deposit", "20.00", "--key", key});
           server.held_at("authorized");
           kill(atm, SIGINT);
           int status = 0;
           waitpid(atm, &status, 0);
           std::printf("atm dies of: %s", strsignal(WTERMSIG(status)));
         })
      .output;
}

// Each of these aborts a deposit to the account, and returns the reply to the deposit. The deposit
// is held at the point authorized, inside its account's mutex.

std::string by_operator(Server& server, std::int64_t account) {
  auto customer = server.customer(account);
  send(customer, deposit(account));
  operate(server, {"TXN", "CANCEL", server.held_at("authorized"), "REASON", "suspicious"});
  return in_short(reply_of(customer));
}

std::string by_freeze(Server& server, std::int64_t account) {
  auto customer = server.customer(account);
  send(customer, deposit(account));
  server.held_at("authorized");
  operate(server, {"ACCOUNT", "FREEZE", std::to_string(account)});
  operate(server, {"ACCOUNT", "UNFREEZE", std::to_string(account)});
  return in_short(reply_of(customer));
}

std::string by_deadline(Server& server, std::int64_t account) {
  auto command = deposit(account);
  command.insert(command.end(), {"TIMEOUT", "100"});
  return in_short(call_as(server, account, command));
}

std::string by_lost_connection(Server& server, std::int64_t account) {
  auto customer = server.customer(account);
  send(customer, deposit(account));
  server.held_at("authorized");
  customer.close();
  return server.reaches("cancels_disconnect", 1) ? "none: the client is gone" : "none";
}

struct Aborter {
  std::string name;
  std::string reason;  // as the server counts it
  std::function<std::string(Server&, std::int64_t account)> abort;
  bool is_person;
};

// The first one stores the output of atm in `printed`.
std::vector<Aborter> all_aborters(std::string& printed) {
  const auto by_customer = [&printed](Server& server, std::int64_t account) {
    printed = type_ctrl_c(server, account);
    const auto from = printed.find("CANCELLED: ");
    const auto to = printed.find('\n', from);
    if (from == printed.npos || to == printed.npos) return printed;
    return in_short(printed.substr(from, to - from).erase(9, 1));
  };
  return {{"Ctrl-C", "customer", by_customer, true},
          {"operator", "operator", by_operator, true},
          {"freeze", "freeze", by_freeze, false},
          {"deadline", "deadline", by_deadline, false},
          {"lost connection", "disconnect", by_lost_connection, false}};
}

void explain(Page& page) {
  page.text(R"(
    A deposit that runs can be aborted for five reasons. Its customer types Ctrl-C: atm sends CANCEL
    with the key of the deposit, over a second connection. The operator cancels it by its handle,
    the number that the server gave it. The operator freezes its account, and unfreezes it later. It
    takes longer than its client allowed. The connection of its client is lost.)");
  page.text(R"(
    Each of the five makes an order to cancel. With --mechanism posix the boss, which created the
    worker threads, then calls pthread_cancel and joins the thread. An order is made of a
    reason:)");
  page.code("order_of", "server/bank/transaction.cpp");
}

// Aborts one deposit, and sends it again. Returns its row of the table.
std::vector<std::string> abort_and_repeat(Page& page, Server& server, const Aborter& each) {
  const std::int64_t account = server.open_account(at_first);
  hold(server, "authorized", account);
  const std::string reply = each.abort(server, account);
  operate(server, {"HOLD", "CLEAR"});
  page.verify("no money moved on " + each.name, balance(server, account) == "100.00");
  const std::string again = spelled(call_as(server, account, deposit(account)));
  // A deadline may pass anywhere, and for a lost connection there is no reply.
  const bool names_reason = each.reason == "deadline" ? reply.starts_with("DEADLINE")
                            : each.reason == "disconnect"
                                ? reply.starts_with("none")
                                : reply.ends_with(" by " + each.reason + " at authorized");
  page.verify("the reply gives the reason of " + each.name, names_reason);
  page.verify("a cancel uses up the key if a person ordered it: " + each.name,
              again == (each.is_person ? "CANCELLED" : "120.00"));
  page.verify("the server counts the reason of " + each.name,
              server.info("cancels_" + each.reason) == 1);
  return {each.name, reply, again};
}

void five_aborts(Page& page, Server& server) {
  const Question repeated = page.ask(
      "Five deposits, held at authorized, are aborted in these ways. Then each is sent again, with "
      "its key. "
      "How many are done?",
      {"0", "2", "3", "5"});
  std::string printed;
  std::vector<std::vector<std::string>> rows{{"aborted by", "reply to the deposit", "sent again"}};
  for (const Aborter& each : all_aborters(printed)) {
    rows.push_back(abort_and_repeat(page, server, each));
  }
  std::vector<std::vector<std::string>> output{{"atm after Ctrl-C"}};
  for (std::string_view rest = printed; !rest.empty();) {
    output.push_back({std::string(client::take_until(rest, '\n'))});
  }
  page.table(output);
  page.verify("atm prints the verdict, and dies of SIGINT",
              printed.starts_with("atm: cancelled") && printed.ends_with(strsignal(SIGINT)));
  page.table(rows);
  const auto done =
      std::count_if(rows.begin(), rows.end(), [](const auto& row) { return row[2] == "120.00"; });
  page.answer(repeated, std::to_string(done),
              "The customer and the operator decided that this deposit must not be made, so its "
              "key is used up, durably. The other three were no decision about this deposit: its "
              "client may try again.",
              {{"0", "The client of a lost connection still wants its deposit."},
               {"2", "Two of the five are decisions, and those two are not done."},
               {"5", "A copy that is still on its way must not undo the cancel of a person."}});
  page.claim("nothing is left: no request, no buffer, no locked mutex",
             server.reaches("live_requests", 0) && server.reaches("live_buffers", 0) &&
                 server.reaches("held_locks", 0));
}

void another_customer(Page& page, Server& server) {
  page.text(R"(
    Anna and Ben are customers. Ben's deposit is held, and Anna knows its key and its handle.)");
  const Question how =
      page.ask("By which of the two can Anna cancel the deposit?", {"key", "handle", "neither"});
  const std::int64_t anna = server.open_account(at_first), ben = server.open_account(at_first);
  hold(server, "authorized", ben);
  auto customer = server.customer(ben);
  send(customer, deposit(ben));
  const std::string handle = server.held_at("authorized");
  const std::vector<std::string> by_key{"CANCEL", std::to_string(ben), key, "WAIT", "60000"};
  const std::vector<std::string> by_handle{"TXN", "CANCEL", handle};
  const auto annas_by_key = call_as(server, anna, by_key);
  const auto annas_by_handle = call_as(server, anna, by_handle);
  const auto bens = call_as(server, ben, by_key);
  const auto bens_again = call_as(server, ben, by_key);
  const auto late = operate(server, by_handle);
  page.table({{"", "by key", "by key again", "by handle"},
              {"Anna", spelled(annas_by_key), "", spelled(annas_by_handle)},
              {"then Ben", bens.text, bens_again.text, ""},
              {"then the operator", "", "", spelled(late)}});
  page.verify("Ben's deposit ends as cancelled", reply_of(customer).code() == "CANCELLED");
  page.verify("a second cancel learns of the first",
              bens.text == "CANCELLED" && bens_again.text == "ALREADY");
  page.verify("a handle that is gone names nothing", late.code() == "INVALIDHANDLE");
  page.answer(how,
              annas_by_key.code() != "NOPERM"      ? "key"
              : annas_by_handle.code() != "NOPERM" ? "handle"
                                                   : "neither",
              "Customers cancel by the keys of their own accounts only; handles are for "
              "operators. A handle is never used again, so a late cancel hits nothing.",
              {{"key", "A key is no secret; the login counts."},
               {"handle", "Handles can be guessed; the login counts."}});
}

void shutdown(Page& page, Server& server) {
  page.text(R"(
    The sixth reason is a shutdown, by SIGTERM. A deposit is held at modified, its last point before
    the store, and an AUDIT by the operator, which adds up all transfers, is held between
    two of them.)");
  const Question which = page.ask("The server gets SIGTERM. Which of the two is cancelled?",
                                  {"deposit", "audit", "both", "neither"});
  const std::int64_t account = server.open_account(at_first);
  hold(server, "modified", account);
  operate(server, {"HOLD", "ADD", "scanning"});
  auto customer = server.customer(account);
  auto operator_ = server.operator_();
  send(customer, deposit(account));
  send(operator_, {"AUDIT"});
  server.held_at("modified");
  server.held_at("scanning");
  const int status = server.stop();
  const client::Reply paid = reply_of(customer), read = reply_of(operator_);
  page.measured("deposit: ", in_short(paid), "; audit: ", in_short(read),
                "; the server exits with ", status);
  const bool pays = !paid.is_error(), reads = !read.is_error();
  page.answer(
      which,
      pays && reads ? "neither"
      : pays        ? "audit"
      : reads       ? "deposit"
                    : "both",
      "A drain lets running requests finish, so that their clients get a result. A long "
      "read changes nothing and can be run again, so nothing waits for it. At the drain "
      "timeout, or a second signal, the rest is cancelled.",
      {{"deposit", "A cancel could have won at modified, but a drain does not cancel at once."},
       {"both", "A cancel of the deposit could have won, but a drain waits first."},
       {"neither", "An audit of a large bank would hold up the shutdown."}});
  server.start();
  page.verify("the deposit was stored", balance(server, account) == "120.00");
  page.verify("the audit was cancelled by the shutdown",
              read.text.find("by shutdown at scanning") != read.text.npos);
  page.verify("a drained server exits with 0", status == 0);
}

}  // namespace

void who_may_abort(Page& page) {
  explain(page);
  Server server(page.mechanism());
  five_aborts(page, server);
  another_customer(page, server);
  shutdown(page, server);
  page.where("server/seam/thread.cpp", "pthread_cancel(", "posts a cancel to a worker");
  page.where("server/wire/connection.cpp", "Connection::cancel_in_flight", "a lost connection");
  page.next(
      "leave the customer out of order_of, run scripts/build, then atm lesson 5 --check; or go on "
      "with atm lesson 6");
}

}  // namespace lesson
