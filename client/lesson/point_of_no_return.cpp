#include <string>
#include <vector>

#include "client/lesson/page.hpp"
#include "client/lesson/server.hpp"
#include "client/terminal/amount.hpp"

namespace lesson {

namespace {

constexpr std::int64_t at_first = 100'00;  // the balance of each new account
constexpr std::int64_t deposited = 20'00;

std::vector<std::string> deposit(std::int64_t account, const std::string& key) {
  std::vector<std::string> command{"DEPOSIT", std::to_string(account), std::to_string(deposited)};
  if (!key.empty()) command.insert(command.end(), {"KEY", key});
  return command;
}

// A customer whose deposit is held.
struct Customer {
  std::int64_t account;
  client::Session session;
};

Customer deposit_held_at(Server& server, const std::string& point, const std::string& key) {
  const std::int64_t account = server.open_account(at_first);
  Customer customer{account, server.customer(account)};
  auto operator_ = server.operator_();
  call(operator_, {"HOLD", "ADD", point, "ACCOUNT", std::to_string(account)});
  send(customer.session, deposit(account, key));
  server.held_at(point);
  return customer;
}

void release(Server& server) {
  auto operator_ = server.operator_();
  call(operator_, {"HOLD", "CLEAR"});
}

// A command about an account over a connection of its own.
client::Reply ask_about(Server& server, std::int64_t account, std::vector<std::string> command) {
  auto session = server.customer(account);
  command.insert(command.begin() + 1, std::to_string(account));
  return call(session, command);
}

std::string balance(Server& server, std::int64_t account) {
  return client::format_amount(ask_about(server, account, {"BALANCE"}).number);
}

std::string outcome(Server& server, std::int64_t account) {
  return ask_about(server, account, {"STATUS", "rent"}).field("outcome")->text;
}

std::string spelled(const client::Reply& reply) {
  return reply.is_error() ? std::string(reply.code()) : client::format_amount(reply.number);
}

// Whether the connection ends without a reply.
bool is_lost(client::Session& session) {
  try {
    reply_of(session);
    return false;
  } catch (const client::ConnectionLost&) {
    return true;
  }
}

// A deposit that is stored, and whose reply cannot reach the client: the operator closes the
// client's connection in between.
std::int64_t deposit_without_reply(Page& page, Server& server, const std::string& key) {
  Customer customer = deposit_held_at(server, "committed", key);
  auto operator_ = server.operator_();
  for (const client::Reply& each : call(operator_, {"TXN", "LIST"}).items) {
    call(operator_, {"CLIENT", "KILL", each.field("client")->text});
  }
  release(server);
  page.verify("the client loses its connection and has no reply", is_lost(customer.session));
  return customer.account;
}

void before_and_after(Page& page, Server& server) {
  page.text(R"(
    A deposit changes a number in a database. Before the change a cancel is simple: forget the
    deposit. Afterwards the change would have to be undone, and others may have seen it. So from one
    instant on a deposit cannot be cancelled. In this server that instant is this call:)");
  page.code("point_of_no_return", "server/bank/steps.cpp");
  page.text(R"(
    One swap of a variable in it decides between the deposit and a cancel, before anything is
    stored. A customer cancels two deposits of 20.00 by their key, a name that the client gave to
    each. One is held a step before the call, at modified, the other one after it, at committing.
    STATUS asks by key what became of a deposit:)");
  std::vector<std::vector<std::string>> rows{
      {"held at", "asked by key", "verdict", "reply", "balance", "asked again"}};
  for (const std::string point : {"modified", "committing"}) {
    Customer customer = deposit_held_at(server, point, "rent");
    const std::string before = outcome(server, customer.account);
    const auto verdict = ask_about(server, customer.account, {"CANCEL", "rent"});
    release(server);
    const auto reply = reply_of(customer.session);
    const std::string after = balance(server, customer.account);
    const std::string asked_again = outcome(server, customer.account);
    rows.push_back({point, before, verdict.text, spelled(reply), after, asked_again});
    const bool is_before = point == "modified";
    page.verify("a deposit in flight is running", before == "running");
    page.verify("a cancel wins before the call only",
                verdict.text == (is_before ? "CANCELLED" : "TOOLATE"));
    page.verify("the reply agrees with the verdict",
                spelled(reply) == (is_before ? "CANCELLED" : "120.00"));
    page.verify("asked by key, the server agrees with its verdict",
                asked_again == (is_before ? "cancelled" : "committed"));
    page.verify("the money agrees with the verdict", after == (is_before ? "100.00" : "120.00"));
  }
  page.table(rows);
}

void lost_acknowledgement(Page& page, Server& server) {
  page.text(R"(
    Now the deposit is stored, and the connection breaks before the reply is sent. The reply is the
    acknowledgement, and it is lost.)");
  const Question now = page.ask("What is the balance?", {"100.00", "120.00"});
  const Question again = page.ask(
      "The client has no reply, so it sends the same deposit again, with the same key. Which "
      "balance results?",
      {"100.00", "120.00", "140.00"});
  const std::int64_t account = deposit_without_reply(page, server, "rent");
  page.verify("the server counts a lost acknowledgement", server.reaches("lost_acks", 1));
  const std::string stored = balance(server, account);
  const std::string asked = outcome(server, account);
  const std::string repeated =
      spelled(ask_about(server, account, {"DEPOSIT", "2000", "KEY", "rent"}));
  const std::string after = balance(server, account);
  const std::int64_t careless = deposit_without_reply(page, server, "");
  ask_about(server, careless, {"DEPOSIT", "2000"});
  const std::string twice = balance(server, careless);
  page.measured("asked by key: ", asked, "; the repeated deposit replies ", repeated, "; balance ",
                after, ". Without a key, the same makes ", twice, ".");
  page.verify("the key is known as committed", asked == "committed");
  page.verify("the repeat returns the first reply", repeated == "120.00");
  page.verify("without a key the deposit is made twice", twice == "140.00");
  page.answer(
      now, stored, "The store decides, not the reply. The client does not know of it yet.",
      {{"100.00", "To take the deposit back, the server would have to store another change."}});
  page.answer(again, after,
              "The key is stored together with the money. A deposit whose key is there already "
              "returns the first reply and does nothing else.",
              {{"140.00", "Without a key it would be 140.00, as measured above."},
               {"100.00", "A repeat never takes anything back."}});
}

void crash(Page& page, Server& server) {
  page.text(R"(
    After a crash a client is in the same position. Two deposits are held, one before and one after
    the store. The server is killed and started again. Then the clients ask for the outcome by key,
    and send the deposits again:)");
  Customer before = deposit_held_at(server, "modified", "rent");
  Customer after = deposit_held_at(server, "committed", "rent");
  Customer unwanted = deposit_held_at(server, "modified", "rent");
  server.kill();
  server.start();
  std::vector<std::vector<std::string>> rows{
      {"killed at", "asked by key", "balance", "sent again", "balance"}};
  for (const auto& [point, account] :
       {std::pair{"modified", before.account}, std::pair{"committed", after.account}}) {
    const std::string asked = outcome(server, account);
    const std::string found = balance(server, account);
    const std::string again =
        spelled(ask_about(server, account, {"DEPOSIT", "2000", "KEY", "rent"}));
    rows.push_back({point, asked, found, again, balance(server, account)});
    const bool stored = account == after.account;
    page.verify("a restart finds each change that was stored, and no other",
                asked == (stored ? "committed" : "none"));
    page.verify("the money is there if it was stored", found == (stored ? "120.00" : "100.00"));
    page.verify("sent again, it was done once", again == "120.00" && rows.back()[4] == "120.00");
  }
  page.table(rows);
  const auto verdict = ask_about(server, unwanted.account, {"CANCEL", "rent"});
  const auto late = ask_about(server, unwanted.account, {"DEPOSIT", "2000", "KEY", "rent"});
  page.claim("instead of sending it again, the client can cancel the key: " + verdict.text +
                 ", and a late copy of the deposit gets " + spelled(late),
             verdict.text == "CANCELLED" && late.code() == "CANCELLED");
}

void reverse(Page& page, Server& server) {
  page.text(R"(
    And if the customer does not want a deposit that is done? A teller's REVERSE makes a new
    transfer, back, that is linked to the first.)");
  const Question third = page.ask(
      "We deposit, reverse, reverse again, and repeat the deposit with its key. The balance?",
      {"80.00", "100.00", "120.00"});
  const std::int64_t account = server.open_account(at_first);
  auto teller = server.teller();
  const auto first = ask_about(server, account, {"DEPOSIT", "2000", "KEY", "rent"});
  const std::vector<std::string> reversal{"REVERSE", std::to_string(account), "rent"};
  const auto once = call(teller, reversal);
  const auto twice = call(teller, reversal);
  const auto repeat = ask_about(server, account, {"DEPOSIT", "2000", "KEY", "rent"});
  page.measured("deposit ", spelled(first), "; reverse ", spelled(once), "; again ", spelled(twice),
                "; the deposit again ", spelled(repeat));
  page.verify("a second reversal does nothing",
              spelled(once) == "100.00" && spelled(twice) == "100.00");
  page.verify("a reversed key answers that it is reversed", repeat.code() == "REVERSED");
  page.answer(
      third, balance(server, account),
      "A reversal is not a cancel: both transfers stay in the history. A reversal names the key of "
      "the deposit, so it can be repeated as safely as the deposit.",
      {{"80.00", "The second reversal found the first, and moved nothing."},
       {"120.00", "The repeated deposit moved nothing: its key stays used."}});
  auto operator_ = server.operator_();
  page.claim("the audit, which adds up all transfers, finds no violation",
             call(operator_, {"AUDIT"}).field("violations")->number == 0);
}

}  // namespace

void point_of_no_return(Page& page) {
  Server server(page.mechanism());
  before_and_after(page, server);
  lost_acknowledgement(page, server);
  crash(page, server);
  reverse(page, server);
  page.where("server/cancel/stage.hpp", "THE POINT OF NO RETURN", "the swap that decides");
  const int repeat = page.line("lost_acknowledgement", "\"DEPOSIT\", \"2000\", \"KEY\"");
  page.next("change the key in line " + std::to_string(repeat) +
            " of client/lesson/point_of_no_return.cpp, scripts/build, atm lesson 4 --check; put it "
            "back, scripts/build; then atm lesson 5");
}

}  // namespace lesson
