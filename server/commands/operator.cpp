// The operator's commands: TXN, HOLD, ACCOUNT, DRAIN. (AUDIT and BACKUP are transactions.)

#include <array>

#include "server/bank/refusals.hpp"
#include "server/bank/text.hpp"
#include "server/commands/accounts.hpp"
#include "server/commands/holds.hpp"
#include "server/commands/table.hpp"
#include "server/commands/txn.hpp"

namespace commands {
namespace {

using bank::Reply;
using bank::same_word;

constexpr std::string_view txn_usage =
    "TXN LIST | SHOW handle | CANCEL handle [REASON text] [WAIT ms] | "
    "CANCELALL [ACCOUNT id] [REASON text] | STEP handle | RESUME handle";
constexpr std::string_view account_usage = "ACCOUNT FREEZE id | UNFREEZE id | UNLOCK id";

/// REASON, WAIT and ACCOUNT behind a TXN command.
struct TxnOptions {
  std::optional<std::string> reason;
  std::optional<std::chrono::milliseconds> wait;
  std::optional<ledger::AccountId> account;
};

/// False if they are not well formed, or one comes twice.
bool read_options(const Words& words, std::size_t from, TxnOptions& options) {
  for (std::size_t i = from; i < words.size(); i += 2) {
    if (i + 1 == words.size()) return false;
    if (same_word(words[i], "REASON") && !options.reason) {
      options.reason = words[i + 1];
    } else if (same_word(words[i], "WAIT") && !options.wait) {
      options.wait = wait_time(words[i + 1]);
      if (!options.wait) return false;
    } else if (same_word(words[i], "ACCOUNT") && !options.account) {
      options.account = bank::natural(words[i + 1], 1);
      if (!options.account) return false;
    } else {
      return false;
    }
  }
  return true;
}

bool is(const Words& words, std::string_view name) {
  return words.size() > 1 && same_word(words[1], name);
}

bool well_formed(const Words& words) {
  TxnOptions options;
  if (is(words, "LIST")) return words.size() == 2;
  if (is(words, "CANCELALL")) return read_options(words, 2, options) && !options.wait;
  if (words.size() < 3) return false;
  if (is(words, "CANCEL")) return read_options(words, 3, options) && !options.account;
  const bool about_one = is(words, "SHOW") || is(words, "STEP") || is(words, "RESUME");
  return about_one && words.size() == 3;
}

std::optional<Reply> txn_fault(const Words& words) {
  if (well_formed(words)) return std::nullopt;
  return usage_error(txn_usage);
}

void cancel_one(Server& server, const Client& client, const Words& words, cancel::Handle handle) {
  TxnOptions options;
  read_options(words, 3, options);
  client->answered_later();
  const auto wait = options.wait.value_or(std::chrono::milliseconds(0));
  cancel_transaction(server.bank(), handle, options.reason.value_or(""),
                     VerdictAnswer{server, client, wait});
}

void cancel_all(Server& server, const Client& client, const Words& words) {
  TxnOptions options;
  read_options(words, 2, options);
  client->answered_later();
  const auto order = bank::order_of(bank::Reason::operator_, options.reason.value_or(""));
  commands::cancel_all(server.bank(), options.account, order,
                       [&server, client](std::int64_t stopped) {
                         server.bank().counters.count(cancel::Verdict::cancelled, stopped);
                         client->deliver(Reply::integer(stopped));
                       });
}

void txn(Server& server, const Client& client, const Words& words) {
  if (is(words, "LIST")) return client->answer(list(server.bank()));
  if (is(words, "CANCELALL")) return cancel_all(server, client, words);
  const auto handle = cancel::parse_handle(words[2]);
  if (!handle) {
    if (is(words, "CANCEL")) server.bank().counters.count(cancel::Verdict::invalid);
    return client->answer(
        Reply::error(bank::Code::invalid_handle,
                     "'" + bank::one_line(words[2], 32) + "' is no handle; see TXN LIST"));
  }
  if (is(words, "CANCEL")) return cancel_one(server, client, words, *handle);
  if (is(words, "SHOW")) return client->answer(show(server.bank(), *handle));
  if (is(words, "STEP")) return client->answer(step(server.bank(), *handle));
  client->answer(resume(server.bank(), *handle));
}

void hold(Server& server, const Client& client, const Words& words) {
  client->answer(commands::hold(server.bank(), words));
}

std::optional<Reply> account_fault(const Words& words) {
  const bool known = is(words, "FREEZE") || is(words, "UNFREEZE") || is(words, "UNLOCK");
  if (known && words.size() == 3 && bank::natural(words[2])) return std::nullopt;
  return usage_error(account_usage);
}

void account(Server& server, const Client& client, const Words& words) {
  client->answered_later();
  const bool freezes = is(words, "FREEZE");
  const auto simple = is(words, "UNFREEZE") ? &unfreeze : &unlock;
  server.run_job([&server, client, freezes, simple, id = *bank::natural(words[2])] {
    const auto answer = [client](const Reply& reply) { client->deliver(reply); };
    try {
      if (freezes) return freeze(server.bank(), id, answer);
      answer(simple(server.bank(), id));
    } catch (const std::exception& error) {
      answer(Reply::error(bank::Code::store,
                          std::string("nothing was changed; try again: ") + error.what()));
    }
  });
}

std::optional<Reply> drain_fault(const Words& words) {
  if (words.size() == 1) return std::nullopt;
  return usage_error("DRAIN");
}

void drain(Server& server, const Client& client, const Words&) {
  client->answer(Reply::ok());
  server.drain();
}

constexpr auto table = std::to_array<Command>({
    {"TXN", Allowed::operator_, &txn, txn_usage, &txn_fault},
    {"HOLD", Allowed::operator_, &hold,
     "HOLD ADD point [ACCOUNT id] [OP op] | HOLD LIST | HOLD CLEAR", &hold_fault},
    {"ACCOUNT", Allowed::operator_, &account, account_usage, &account_fault},
    {"DRAIN", Allowed::operator_, &drain, "DRAIN", &drain_fault},
});

}  // namespace

std::span<const Command> operator_commands() {
  return table;
}

}  // namespace commands
