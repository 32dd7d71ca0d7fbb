// The first commands of every Redis client, and the ways to write a command.

#include <doctest/doctest.h>

#include "tests/server/rig/site.hpp"

using rig::Client;
using rig::Reply;
using rig::show;
using rig::Site;

TEST_CASE("the stock commands need no login") {
  Site site;
  Client guest = site.guest();
  CHECK(show(guest("PING")) == "+PONG");
  CHECK(show(guest("PING", "hello there")) == "$hello there");
  CHECK(show(guest("ECHO", std::string("a\0b\r\n", 5))) == "$" + std::string("a\0b\r\n", 5));
  CHECK(show(guest("ECHO", "")) == "$");
  CHECK(show(guest("SELECT", 0)) == "+OK");
  CHECK(guest("SELECT", 1).code() == "ERR");
  CHECK(guest("SELECT", "x").code() == "ERR");
  CHECK(guest("SELECT").code() == "ERR");
  CHECK(guest("PING", "a", "b").code() == "ERR");
  CHECK(guest("ECHO").code() == "ERR");
  CHECK(guest("COMMAND", "COUNT").number == 29);
  CHECK(guest("COMMAND").elements.size() == 29);
  CHECK(guest("COMMAND", "DOCS").elements.size() == 2 * 29);
  CHECK(guest("COMMAND", "LIST").elements.size() == 29);
  CHECK(guest("COMMAND", "INFO").elements.size() == 29);
  CHECK(show(guest("COMMAND", "INFO", "Deposit", "get", "txn", "ping", "reverse")) ==
        "[[$deposit :-3 [] :0 :0 :0] null [$txn :-2 [] :0 :0 :0] [$ping :-1 [] :0 :0 :0] "
        "[$reverse :3 [] :0 :0 :0]]");
  CHECK(guest("COMMAND", "INFO", "get").elements.size() == 1);
  CHECK(guest("COMMAND", "DOCS", "deposit").fields().size() == 1);
  CHECK(guest("COMMAND", "DOCS", "TXN").fields() == std::vector<std::string>{"txn"});
  CHECK(show(guest("QUIT")) == "+OK");
  guest.await_end();
  CHECK(site.stop() == 0);
}

TEST_CASE("INFO has every counter, and can be asked for one section") {
  Site site;
  const std::string all = site.op()("INFO").text;
  for (const char* name :
       {"live_requests",      "live_buffers",       "held_locks",       "workers",
        "workers_started",    "workers_cancelled",  "cancels_operator", "cancels_customer",
        "cancels_deadline",   "cancels_disconnect", "cancels_freeze",   "cancels_shutdown",
        "verdicts_cancelled", "verdicts_already",   "verdicts_toolate", "verdicts_invalidhandle",
        "verdicts_unknown",   "lost_acks",          "commits",          "commit_batches"}) {
    CAPTURE(name);
    CHECK(site.info(name) >= 0);
  }
  CHECK(all.find("sqlite_version:3.") != all.npos);
  CHECK(all.find("\r\n") != all.npos);
  const std::string workers = site.op()("INFO", "workers").text;
  CHECK(workers.starts_with("# Workers\r\n"));
  CHECK(workers.find("live_requests") == workers.npos);
  CHECK(show(site.op()("INFO", "no-such-section")) == "$");
  for (const char* name : {"default", "all", "everything"}) {
    CHECK(site.op()("INFO", name).text.starts_with("# Server\r\n"));
    CHECK(site.op()("INFO", name).text.find("# Workers\r\n") != std::string::npos);
  }
}

TEST_CASE("INFO has Redis's names for what redis-cli --stat and monitors read") {
  Site site({"--teaching"});
  const auto a = site.open(100);
  const auto commands = site.info("total_commands_processed");
  const auto connections = site.info("total_connections_received");
  Client customer = site.customer(a);
  CHECK(site.info("total_connections_received") == connections + 1);
  CHECK(site.info("total_commands_processed") > commands + 1);
  CHECK(site.info("connected_clients") == 2);
  CHECK(site.info("maxclients") > 2);
  CHECK(site.info("used_memory") > 1'000'000);
  CHECK(site.info("loading") == 0);
  CHECK(site.info("blocked_clients") == 0);
  site.op()("HOLD", "ADD", "locked");
  customer.send("DEPOSIT", a, 5);
  site.await_held("locked");
  CHECK(site.info("blocked_clients") == 1);
  site.op()("HOLD", "CLEAR");
  CHECK(show(customer.receive()) == ":105");
  CHECK(site.op()("INFO", "replication").text == "# Replication\r\nrole:master\r\n");
}

TEST_CASE("HELLO chooses the version, and maps follow it") {
  Site site;
  const auto account = site.open(500);
  Client guest = site.guest();
  const Reply flat = guest("HELLO");
  CHECK(flat.type == '*');
  CHECK(flat["proto"].number == 2);
  const Reply three = guest("hello", "3", "auth", account, rig::the_pin, "setname", "till-1");
  CHECK(three.type == '%');
  CHECK(three["server"].text == "atm-server");
  CHECK(three["proto"].number == 3);
  CHECK(three["id"].number == guest("CLIENT", "ID").number);
  CHECK(show(guest("CLIENT", "GETNAME")) == "$till-1");
  CHECK(guest("STATUS", account, "k").type == '%');
  guest("DEPOSIT", account, 1);
  CHECK(guest("HISTORY", account).elements.at(0).type == '%');
  CHECK(guest("COMMAND", "DOCS").type == '%');
  CHECK(guest("HELLO", 2).type == '*');
  CHECK(guest("STATUS", account, "k").type == '*');
  CHECK(guest("HELLO", 4).code() == "NOPROTO");
  CHECK(guest("HELLO", "x").code() == "ERR");
  CHECK(guest("HELLO", 3, "AUTH", account).code() == "ERR");
  CHECK(guest("HELLO", 3, "SETNAME").code() == "ERR");
  CHECK(guest("HELLO", 3, "SETNAME", "two words").code() == "ERR");
  Client other = site.guest();
  CHECK(other("HELLO", 3, "AUTH", account, "9999").code() == "WRONGPASS");
  CHECK(other("HELLO").type == '*');  // a refused HELLO changes nothing
}

TEST_CASE("CLIENT SETNAME names the connection") {
  Site site;
  Client one = site.guest();
  Client two = site.guest();
  CHECK(one("CLIENT", "ID").number != two("CLIENT", "ID").number);
  CHECK(show(one("CLIENT", "GETNAME")) == "$");
  CHECK(show(one("CLIENT", "SETNAME", "x")) == "+OK");
  CHECK(show(one("client", "getname")) == "$x");
  CHECK(show(one("CLIENT", "SETINFO", "LIB-NAME", "rig")) == "+OK");
  CHECK(one("CLIENT", "SETNAME", "a b").code() == "ERR");
  CHECK(one("CLIENT", "SETNAME", "a\nb").code() == "ERR");
  CHECK(one("CLIENT").code() == "ERR");
  CHECK(one("CLIENT", "NONSENSE").code() == "ERR");
}

TEST_CASE("command names are read in any case, and numbers with leading zeros") {
  Site site;
  const auto account = site.open(500);
  Client guest = site.guest();
  CHECK(show(guest("aUtH", "000" + std::to_string(account), rig::the_pin)) == "+OK");
  CHECK(show(guest("dEpOsIt", "00" + std::to_string(account), "0010", "kEy", "K", "tImEoUt",
                   "010000")) == ":510");
  CHECK(show(guest("balance", account)) == ":510");
  CHECK(guest("status", account, "K")["outcome"].text == "committed");
  CHECK(guest("status", account, "k")["outcome"].text == "none");  // keys are taken as they are
  CHECK(site.op()("txn", "list").type == '*');
}

TEST_CASE("a command may be sent inline") {
  Site site;
  const auto account = site.open(500);
  Client guest = site.guest();
  guest.raw("PING\r\n");
  CHECK(show(guest.receive()) == "+PONG");
  guest.raw("\r\n\n  \r\nping 'two words'\n");
  CHECK(show(guest.receive()) == "$two words");
  guest.raw("AUTH " + std::to_string(account) + " \"" + rig::the_pin + "\"\r\n");
  CHECK(show(guest.receive()) == "+OK");
  guest.raw("DEPOSIT " + std::to_string(account) + " 5 KEY a\\b\r\n");
  CHECK(show(guest.receive()) == ":505");
  CHECK(guest("STATUS", account, "a\\b")["outcome"].text == "committed");
}

TEST_CASE("pipelined requests run and are answered in order") {
  Site site;
  const auto account = site.open();
  Client customer = site.customer(account);
  std::string all;
  for (int i = 1; i <= 300; ++i) {
    all += Client::framed({"DEPOSIT", std::to_string(account), "1"});
    all += Client::framed({"PING", std::to_string(i)});
    all += "BALANCE " + std::to_string(account) + "\r\n";
  }
  all += Client::framed({"QUIT"}) + Client::framed({"PING", "never answered"});
  customer.raw(all);
  for (int i = 1; i <= 300; ++i) {
    CHECK(show(customer.receive()) == ":" + std::to_string(i));
    CHECK(show(customer.receive()) == "$" + std::to_string(i));
    CHECK(show(customer.receive()) == ":" + std::to_string(i));
  }
  CHECK(show(customer.receive()) == "+OK");
  CHECK(!customer.receive_or_end());
  CHECK(site.stop() == 0);
}

TEST_CASE("a request may arrive byte by byte") {
  Site site;
  const auto account = site.open(7);
  for (const char byte : Client::framed({"BALANCE", std::to_string(account)})) {
    site.op().raw({&byte, 1});
  }
  CHECK(show(site.op().receive()) == ":7");
}
