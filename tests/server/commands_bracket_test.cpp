// Commands whose refusal changes the meaning of those after them: what is sent behind one, in the
// same pipeline, must not run.

#include <doctest/doctest.h>

#include "tests/server/rig/site.hpp"

using rig::Client;
using rig::Reply;
using rig::show;
using rig::Site;

namespace {

using Words = std::vector<std::string>;

/// Sends the commands in one piece, and returns the codes of the replies: "ERR EXECABORT OK".
std::string pipeline(Client& client, const std::vector<Words>& commands) {
  std::string all;
  for (const Words& words : commands) all += Client::framed(words);
  client.raw(all);
  std::string codes;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const Reply reply = client.receive();
    codes += (i == 0 ? "" : " ") + (reply.type == '-' ? reply.code() : show(reply));
  }
  return codes;
}

}  // namespace

TEST_CASE("nothing between a refused MULTI and its EXEC runs") {
  Site site({"--teaching"});
  const auto a = site.open(100);
  const auto b = site.open(100);
  const std::string own = std::to_string(a);
  Client customer = site.customer(a);
  CHECK(pipeline(customer, {{"MULTI"},
                            {"DEPOSIT", own, "5", "KEY", "k"},
                            {"TRANSFER", own, std::to_string(b), "5"},
                            {"CANCEL", own, "never"},
                            {"PASSWD", own, "9999"},
                            {"NONSENSE"},
                            {"DEPOSIT"},
                            {"MULTI"},
                            {"AUTH", own, "0000"},
                            {"EXEC"},
                            {"BALANCE", own}}) ==
        "ERR EXECABORT EXECABORT EXECABORT EXECABORT EXECABORT EXECABORT EXECABORT EXECABORT "
        "EXECABORT :100");
  CHECK_MESSAGE(site.outcome(a, "k") == "none", "the DEPOSIT inside the refused MULTI ran");
  CHECK_MESSAGE(site.outcome(a, "never") == "none", "the CANCEL inside the refused MULTI ran");
  CHECK(show(site.guest()("AUTH", a, rig::the_pin)) == "+OK");
  CHECK(pipeline(site.op(), {{"MULTI"},
                             {"ACCOUNT", "FREEZE", own},
                             {"CREATE", "1234"},
                             {"HOLD", "ADD", "locked"},
                             {"DRAIN"},
                             {"CLIENT", "KILL", std::to_string(customer("CLIENT", "ID").number)},
                             {"EXEC"},
                             {"HOLD", "LIST"},
                             {"DEPOSIT", own, "1"}}) ==
        "ERR EXECABORT EXECABORT EXECABORT EXECABORT EXECABORT EXECABORT [] :101");
  CHECK(site.op()("AUDIT")["accounts"].number == 2);
}

TEST_CASE("DISCARD, RESET and QUIT end a refused MULTI") {
  Site site;
  const auto a = site.open(100);
  const std::string own = std::to_string(a);
  Client customer = site.customer(a);
  CHECK(
      pipeline(customer, {{"multi"}, {"DEPOSIT", own, "5"}, {"discard"}, {"DEPOSIT", own, "1"}}) ==
      "ERR EXECABORT +OK :101");
  CHECK(pipeline(customer, {{"MULTI"}, {"DEPOSIT", own, "5"}, {"RESET"}, {"PING"}}) ==
        "ERR EXECABORT +RESET +PONG");
  Client leaves = site.customer(a);
  CHECK(pipeline(leaves, {{"MULTI"}, {"DEPOSIT", own, "5"}, {"QUIT"}}) == "ERR EXECABORT +OK");
  leaves.await_end();
  CHECK(site.balance(a) == 101);
}

TEST_CASE("nothing runs after a malformed MULTI until EXEC or DISCARD") {
  Site site;
  const auto a = site.open(100);
  const std::string own = std::to_string(a);
  Client customer = site.customer(a);
  CHECK(pipeline(customer, {{"MULTI", "x"}, {"DEPOSIT", own, "5"}, {"EXEC"}, {"BALANCE", own}}) ==
        "ERR EXECABORT EXECABORT :100");
  CHECK(pipeline(customer, {{"MULTI", "x"}, {"MULTI"}, {"DISCARD"}, {"BALANCE", own}}) ==
        "ERR EXECABORT +OK :100");
}

TEST_CASE("a malformed EXEC answers EXECABORT and ends a refused MULTI, as in Redis") {
  Site site;
  const auto a = site.open(100);
  const std::string own = std::to_string(a);
  Client customer = site.customer(a);
  CHECK(pipeline(customer, {{"MULTI"},
                            {"DEPOSIT", own, "5"},
                            {"SELECT", "1", "x"},
                            {"DISCARD", "x"},
                            {"RESET", "x"},
                            {"EXEC", "x"},
                            {"BALANCE", own}}) ==
        "ERR EXECABORT EXECABORT EXECABORT EXECABORT EXECABORT :100");
  CHECK(show(customer("EXEC", "x")) == "-ERR usage: EXEC");
}

TEST_CASE("EXEC and DISCARD need a MULTI, also a refused one") {
  Site site;
  CHECK(show(site.guest()("EXEC")) == "-ERR EXEC without MULTI");
  CHECK(show(site.guest()("DISCARD")) == "-ERR DISCARD without MULTI");
  Client guest = site.guest();
  CHECK(pipeline(guest, {{"MULTI"}, {"EXEC"}, {"EXEC"}, {"PING"}}) == "ERR EXECABORT ERR +PONG");
}

TEST_CASE("after a refused SELECT nothing reaches the bank until SELECT 0") {
  Site site;
  const auto a = site.open(100);
  const std::string own = std::to_string(a);
  Client customer = site.customer(a);
  CHECK(pipeline(customer, {{"SELECT", "1"},
                            {"DEPOSIT", own, "5"},
                            {"BALANCE", own},
                            {"STATUS", own, "k"},
                            {"CANCEL", own, "k"},
                            {"PING"},
                            {"SELECT", "0"},
                            {"BALANCE", own}}) == "ERR ERR ERR ERR ERR +PONG +OK :100");
  CHECK_MESSAGE(site.outcome(a, "k") == "none", "the CANCEL behind a refused SELECT ran");
  CHECK(pipeline(customer, {{"SELECT", "1", "x"}, {"DEPOSIT", own, "5"}, {"SELECT", "0"}}) ==
        "ERR ERR +OK");
  CHECK(pipeline(customer, {{"SELECT"}, {"DEPOSIT", own, "5"}, {"SELECT", "0"}}) == "ERR ERR +OK");
  CHECK(pipeline(site.op(), {{"SELECT", "x"}, {"ACCOUNT", "FREEZE", own}, {"SELECT", "0"}}) ==
        "ERR ERR +OK");
  CHECK(show(customer("DEPOSIT", a, 1)) == ":101");
}

TEST_CASE("a client that asked for no replies is disconnected before it runs more") {
  Site site;
  const auto a = site.open(100);
  for (const char* mode : {"OFF", "SKIP", "off"}) {
    CAPTURE(mode);
    Client customer = site.customer(a);
    customer.raw(Client::framed({"CLIENT", "REPLY", mode}) +
                 Client::framed({"DEPOSIT", std::to_string(a), "5"}));
    CHECK(customer.receive().code() == "ERR");
    CHECK_MESSAGE(!customer.receive_or_end(), "a command behind CLIENT REPLY was answered");
  }
  Client malformed = site.customer(a);
  malformed.raw(Client::framed({"CLIENT", "REPLY", "OFF", "x"}) +
                Client::framed({"DEPOSIT", std::to_string(a), "5"}));
  CHECK(malformed.receive().code() == "ERR");
  CHECK_MESSAGE(!malformed.receive_or_end(), "a command behind CLIENT REPLY OFF x was answered");
  CHECK(site.balance(a) == 100);
  CHECK(show(site.guest()("CLIENT", "REPLY", "ON")) == "+OK");
  CHECK(site.guest()("CLIENT", "REPLY", "x").code() == "ERR");
}

TEST_CASE("RESET logs out, and forgets the name and the version") {
  Site site;
  const auto a = site.open(100);
  Client customer = site.guest();
  CHECK(customer("HELLO", 3, "AUTH", a, rig::the_pin, "SETNAME", "till").type == '%');
  CHECK(show(customer("RESET")) == "+RESET");
  CHECK(customer("DEPOSIT", a, 5).code() == "NOAUTH");
  CHECK(show(customer("CLIENT", "GETNAME")) == "$");
  CHECK(customer("HELLO").type == '*');
  CHECK(show(customer("AUTH", a, rig::the_pin)) == "+OK");
  CHECK(show(customer("BALANCE", a)) == ":100");
  CHECK(show(site.op()("RESET")) == "+RESET");
  CHECK(show(site.op()("BALANCE", a)) == ":100");  // the socket's file is the operator's login
}

TEST_CASE("a refused HELLO changes neither the version, the login nor the name") {
  Site site;
  const auto a = site.open(100);
  const auto b = site.open(100);
  Client customer = site.customer(a);
  customer("CLIENT", "SETNAME", "till");
  CHECK(customer("HELLO", 4, "AUTH", b, rig::the_pin, "SETNAME", "other").code() == "NOPROTO");
  CHECK(customer("HELLO", 3, "AUTH", b, "0000", "SETNAME", "other").code() == "WRONGPASS");
  CHECK(customer("HELLO", 3, "SETNAME", "other", "FROB", "x").code() == "ERR");
  CHECK(customer("STATUS", a, "k").type == '*');
  CHECK(customer("BALANCE", b).code() == "NOPERM");
  CHECK(show(customer("CLIENT", "GETNAME")) == "$till");
}

TEST_CASE("commands of Redis that promise something about later ones are refused") {
  Site site;
  const auto a = site.open(100);
  Client customer = site.customer(a);
  for (const Words& words : std::vector<Words>{{"WATCH", "x"},
                                               {"SUBSCRIBE", "x"},
                                               {"PSUBSCRIBE", "x"},
                                               {"MONITOR"},
                                               {"READONLY"},
                                               {"ASKING"},
                                               {"CLIENT", "TRACKING", "ON"},
                                               {"CLIENT", "PAUSE", "1000"},
                                               {"EVAL", "return 1", "0"}}) {
    CAPTURE(Client::framed(words));
    CHECK(customer.command(words).code() == "ERR");
    CHECK(show(customer("PING")) == "+PONG");
  }
}
