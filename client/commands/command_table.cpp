#include "client/commands/command_table.hpp"

#include <algorithm>
#include <stdexcept>

#include "client/bench/plan.hpp"
#include "client/commands/handlers.hpp"

namespace client {

namespace {

// The server's limits.
constexpr std::int64_t a_day_ms = 86'400'000;
constexpr std::int64_t most_history = 1'000;

std::string check_key(const std::string& key) {
  const bool visible =
      std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 127; });
  if (visible && !key.empty() && key.size() <= 64) return {};
  return "a key has 1 to 64 visible ASCII characters";
}

std::string check_bench_op(const std::string& op) {
  if (bench::parse_mix(op)) return {};
  return "deposit, withdraw, transfer, balance or ping is needed, or a mix such as "
         "deposit:5,balance:4; for Redis: get or incrby";
}

const Argument own_account{OwnAccount{}};
const Argument account_filter{AccountFilter{}};
const Argument first_pin{NewPin{&Settings::pin_file, "--pin-file"}};
const Argument next_pin{NewPin{&Settings::new_pin_file, "--new-pin-file"}};
const Argument amount{MoneyField{&Command::amount}, "amount", "DECIMAL", "how much, like 25.00"};
const Argument to{NumberField{&Command::to}, "to", "N", "the account that receives it"};
const Argument its_key{TextField{&Command::key, check_key}, "key", "KEY", "the transaction's key"};
const Argument handle{TextField{&Command::handle}, "handle", "HANDLE",
                      "as list shows it, like 3-81"};
const Argument account{NumberField{&Command::number}, "account", "N", "its number"};
const Argument connection{NumberField{&Command::number}, "connection", "N",
                          "its id, as clients shows it"};
const Argument point{TextField{&Command::point}, "point", "POINT", "like locked or committing"};
const Argument path{TextField{&Command::path}, "path", "PATH",
                    "a new file, on the server's machine"};
const Argument drawing{TextField{&Command::path}, "file", "FILE.svg", "a new file"};
const Argument seconds{
    NumberField{&Command::seconds, 1, a_day_ms / 1000},      "--for", "SECONDS",
    "how long (default: until Ctrl-C, or the server's end)", nullptr, "ATM_RECORD_"};
const Argument section{
    TextField{&Command::section}, "section", "SECTION", "only this section", nullptr, "ATM_", true};

const Argument new_key{TextField{&Command::key, check_key}, "--key", "KEY",
                       "repeats with the same key happen once (default: a new UUID)", "KEY"};
const Argument timeout{NumberField{&Command::timeout_ms, 1, a_day_ms}, "--timeout", "MS",
                       "milliseconds after which the server gives up", "TIMEOUT"};
const Argument wait{NumberField{&Command::wait_ms, 0, a_day_ms}, "--wait", "MS",
                    "milliseconds to wait until it has released everything", "WAIT"};
const Argument balance{MoneyField{&Command::balance}, "--balance", "DECIMAL", "its first balance",
                       "BALANCE"};
const Argument limit{NumberField{&Command::limit, 1, most_history}, "--limit", "N",
                     "how many at the most, 1 to 1000 (default 20)", "LIMIT"};
const Argument before{NumberField{&Command::before, 1}, "--before", "ID",
                      "only those older than this id", "BEFORE"};
const Argument reason{TextField{&Command::reason}, "--reason", "TEXT",
                      "the reason that the customer is given", "REASON"};
const Argument held_op{TextField{&Command::op},        "--op", "OP",
                       "only this kind, like deposit", "OP",   "ATM_HOLD_"};

Argument of_bench(Argument argument) {
  argument.environment = "ATM_BENCH_";
  return argument;
}

const std::vector<Argument> bench_arguments{
    of_bench({TextField{&Command::op, check_bench_op}, "--op", "OP",
              "deposit (the default), withdraw, transfer, balance, ping, or a mix of them such as "
              "deposit:5,balance:4; of a Redis server get, incrby"}),
    of_bench({NumberField{&Command::connections, 1, 20'000}, "--connections", "N",
              "with one request at a time on each (default 8)"}),
    of_bench({NumberField{&Command::requests, 1, 10'000'000}, "--requests", "N",
              "in all (default 10000)"}),
    of_bench({NumberField{&Command::seconds, 1, 86'400}, "--seconds", "S",
              "to measure, after a warm-up of a fifth (at most 2 s); instead of --requests"}),
    of_bench({NumberField{&Command::rate, 1, 10'000'000}, "--rate", "N",
              "requests a second, at random times; latency counts from when a request was due"}),
    of_bench({NumberField{&Command::accounts, 1, 100'000'000}, "--accounts", "N",
              "how many, from --account on (default 1)"}),
    of_bench({FlagField{&Command::random_accounts}, "--random-accounts", "",
              "choose accounts at random instead of in turn"}),
    of_bench({FlagField{&Command::random_keys}, "--random-keys", "",
              "keys in no order instead of ordered by time"}),
    of_bench({NumberField{&Command::cancels, 0, 100}, "--cancels", "PERCENT",
              "of the writes, each cancelled by its key over a second connection right after it "
              "was sent"}),
    of_bench({NumberField{&Command::seed, 0}, "--seed", "N",
              "of the random choices, which repeat with the same seed (default 1)"}),
    of_bench({MoneyField{&Command::amount}, "--amount", "DECIMAL", "of each (default 0.01)"})};

CommandRow of_operator(std::string_view name, CommandRow row) {
  row.name = name;
  row.sender = Sender::operator_;
  return row;
}

using enum Sender;
using enum Nature;
using enum Form;

// clang-format off
const CommandRow create{"create", "open an account (asks for its PIN)", staff,
                        {first_pin, balance, new_key}, keyed, {"CREATE"}, integer, show_created};
const CommandRow reverse{"reverse", "undo a committed transaction", staff,
                         {own_account, its_key}, repeatable, {"REVERSE"}, integer, show_reversed};

const std::vector<CommandRow> rows{
    create,
    {"deposit", "put money into the account", anybody,
     {own_account, amount, new_key, timeout}, keyed, {"DEPOSIT"}, integer, show_moved},
    {"withdraw", "take money out of the account", anybody,
     {own_account, amount, new_key, timeout}, keyed, {"WITHDRAW"}, integer, show_moved},
    {"transfer", "move money to another account", anybody,
     {own_account, to, amount, new_key, timeout}, keyed, {"TRANSFER"}, integer, show_moved},
    {"balance", "show the account's balance", anybody,
     {own_account, timeout}, read, {"BALANCE"}, integer, show_balance},
    {"history", "list the account's transfers, newest first", anybody,
     {own_account, limit, before}, read, {"HISTORY"}, maps, show_history},
    {"status", "show the outcome of a transaction", anybody,
     {own_account, its_key}, read, {"STATUS"}, map, show_status},
    {"cancel", "stop a transaction, or make sure that it will never run", anybody,
     {own_account, its_key, wait}, repeatable, {"CANCEL"}, verdict, show_verdict},
    reverse,
    {"passwd", "change the PIN (asks for the old and the new one)", anybody,
     {own_account, next_pin}, repeatable, {"PASSWD"}, ok, nullptr, perform_passwd},
    {"bench", "measure requests per second and exact latencies", anybody,
     bench_arguments, once, {}, any, nullptr, perform_bench},
    {"lesson", "learn to cancel safely: atm lesson, atm lesson mistakes", anybody,
     {}, once, {}, any, nullptr, perform_lesson},

    {"admin", "the operator's commands; alone: their prompt", operator_, {}},
    of_operator("admin create", create),
    of_operator("admin reverse", reverse),
    {"admin list", "the transactions in flight", operator_,
     {}, read, {"TXN", "LIST"}, maps, show_transactions},
    {"admin show", "one transaction, with its locks and its cleanup stack", operator_,
     {handle}, read, {"TXN", "SHOW"}, map, show_fields},
    {"admin watch", "a live view of the transactions, with keys to act on them", operator_,
     {account_filter}, once, {}, any, nullptr, perform_watch},
    {"admin trace", "print what happens to a transaction, until it is gone", operator_,
     {handle}, once, {}, any, nullptr, perform_trace},
    {"admin record", "draw what happens to transactions as a timeline (also: --account)", operator_,
     {drawing, account_filter, seconds}, once, {}, any, nullptr, perform_record},
    {"admin cancel", "cancel one transaction", operator_,
     {handle, reason, wait}, once, {"TXN", "CANCEL"}, verdict, show_verdict},
    {"admin cancel-all", "cancel every transaction, or those on one account (--account)", operator_,
     {account_filter, reason}, once, {"TXN", "CANCELALL"}, integer, show_cancelled},
    {"admin step", "let a held transaction run to its next point", operator_,
     {handle}, once, {"TXN", "STEP"}, ok, show_ok},
    {"admin resume", "release a held transaction", operator_,
     {handle}, once, {"TXN", "RESUME"}, ok, show_ok},
    {"admin hold", "stop transactions at a point (teaching servers)", operator_, {}},
    {"admin hold add", "hold transactions that reach a point (also: --account)", operator_,
     {point, account_filter, held_op}, once, {"HOLD", "ADD"}, ok, show_ok},
    {"admin hold list", "the holds", operator_, {}, read, {"HOLD", "LIST"}, maps, show_holds},
    {"admin hold clear", "remove all holds and release the transactions they stopped", operator_,
     {}, repeatable, {"HOLD", "CLEAR"}, ok, show_ok},
    {"admin freeze", "stop every movement of an account's money", operator_,
     {account}, repeatable, {"ACCOUNT", "FREEZE"}, ok, show_ok},
    {"admin unfreeze", "let an account's money move again", operator_,
     {account}, repeatable, {"ACCOUNT", "UNFREEZE"}, ok, show_ok},
    {"admin unlock", "allow PINs again after five wrong ones", operator_,
     {account}, repeatable, {"ACCOUNT", "UNLOCK"}, ok, show_ok},
    {"admin clients", "the connections", operator_,
     {}, read, {"CLIENT", "LIST"}, text, show_clients},
    {"admin kill", "close a connection, cancelling its request", operator_,
     {connection}, once, {"CLIENT", "KILL"}, ok, show_ok},
    {"admin audit", "check the whole ledger (status 1 if anything is wrong)", operator_,
     {}, read, {"AUDIT"}, map, show_audit},
    {"admin backup", "write a consistent copy of the ledger", operator_,
     {path}, once, {"BACKUP"}, ok, show_ok},
    {"admin drain", "finish what runs, accept nothing new, then stop the server", operator_,
     {}, once, {"DRAIN"}, ok, show_ok},
    {"admin info", "the server's counters", operator_, {section}, read, {"INFO"}, text, show_info},
};
// clang-format on

}  // namespace

const std::vector<CommandRow>& command_table() {
  return rows;
}

const CommandRow& command_row(std::string_view name) {
  const auto row = std::find_if(rows.begin(), rows.end(),
                                [&](const CommandRow& each) { return each.name == name; });
  if (row == rows.end()) throw std::out_of_range("no command " + std::string(name));
  return *row;
}

}  // namespace client
