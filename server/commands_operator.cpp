// The operator's commands: TXN, HOLD, ACCOUNT, DRAIN. (AUDIT and BACKUP are transactions.)

#include <array>

#include "server/admin/accounts.hpp"
#include "server/admin/holds.hpp"
#include "server/admin/txn.hpp"
#include "server/bank/text.hpp"
#include "server/boss.hpp"
#include "server/commands.hpp"

namespace server {
namespace {

using bank::Reply;
using bank::same_word;

constexpr std::string_view txn_usage =
    "TXN LIST | SHOW handle | CANCEL handle [REASON text] [WAIT ms] | "
    "CANCELALL [ACCOUNT id] [REASON text] | STEP handle | RESUME handle";
constexpr std::string_view account_usage = "ACCOUNT FREEZE id | UNFREEZE id | UNLOCK id";

/// REASON, WAIT and ACCOUNT behind a TXN command.
struct TxnOptions {
  std::string reason;
  std::chrono::milliseconds wait{0};
  std::optional<ledger::AccountId> account;
};

/// False if they are not well formed.
bool read_options(const Words& words, std::size_t from, TxnOptions& options) {
  for (std::size_t i = from; i < words.size(); i += 2) {
    if (i + 1 == words.size()) return false;
    if (same_word(words[i], "REASON")) {
      options.reason = words[i + 1];
    } else if (same_word(words[i], "WAIT")) {
      const auto wait = wait_time(words[i + 1]);
      if (!wait) return false;
      options.wait = *wait;
    } else if (same_word(words[i], "ACCOUNT")) {
      options.account = bank::natural(words[i + 1], 1);
      if (!options.account) return false;
    } else {
      return false;
    }
  }
  return true;
}

void cancel_one(Boss& boss, const Client& client, const Words& words, cancel::Handle handle) {
  TxnOptions options;
  if (!read_options(words, 3, options) || options.account) {
    return client->answer(usage_error(txn_usage));
  }
  client->answered_later();
  admin::cancel_transaction(boss.bank(), handle, options.reason,
                            VerdictAnswer{boss, client, options.wait});
}

void cancel_all(Boss& boss, const Client& client, const Words& words) {
  TxnOptions options;
  if (!read_options(words, 2, options) || options.wait.count() > 0) {
    return client->answer(usage_error(txn_usage));
  }
  client->answered_later();
  admin::cancel_all(boss.bank(), options.account,
                    bank::order_of(bank::Reason::operator_, options.reason),
                    [client](std::int64_t stopped) { client->deliver(Reply::integer(stopped)); });
}

void txn(Boss& boss, const Client& client, const Words& words) {
  const auto is = [&words](std::string_view name) {
    return words.size() > 1 && same_word(words[1], name);
  };
  if (is("LIST") && words.size() == 2) return client->answer(admin::list(boss.bank()));
  if (is("CANCELALL")) return cancel_all(boss, client, words);
  const bool by_handle = is("SHOW") || is("CANCEL") || is("STEP") || is("RESUME");
  if (!by_handle || words.size() < 3) return client->answer(usage_error(txn_usage));
  const auto handle = cancel::parse_handle(words[2]);
  if (!handle) {
    return client->answer(Reply::error(
        "INVALIDHANDLE", "'" + bank::one_line(words[2], 32) + "' is no handle; see TXN LIST"));
  }
  if (is("CANCEL")) return cancel_one(boss, client, words, *handle);
  if (words.size() != 3) return client->answer(usage_error(txn_usage));
  if (is("SHOW")) return client->answer(admin::show(boss.bank(), *handle));
  if (is("STEP")) return client->answer(admin::step(boss.bank(), *handle));
  client->answer(admin::resume(boss.bank(), *handle));
}

void hold(Boss& boss, const Client& client, const Words& words) {
  client->answer(admin::hold(boss.bank(), words));
}

void account(Boss& boss, const Client& client, const Words& words) {
  const auto id = words.size() == 3 ? bank::natural(words[2]) : std::nullopt;
  if (!id) return client->answer(usage_error(account_usage));
  const auto is = [&words](std::string_view name) { return same_word(words[1], name); };
  if (!is("FREEZE") && !is("UNFREEZE") && !is("UNLOCK")) {
    return client->answer(usage_error(account_usage));
  }
  client->answered_later();
  const bool freezes = is("FREEZE");
  const auto simple = is("UNFREEZE") ? &admin::unfreeze : &admin::unlock;
  boss.run_job([&boss, client, freezes, simple, id = *id] {
    const auto answer = [client](const Reply& reply) { client->deliver(reply); };
    try {
      if (freezes) return admin::freeze(boss.bank(), id, answer);
      answer(simple(boss.bank(), id));
    } catch (const std::exception& error) {
      answer(Reply::error("STORE", std::string("nothing was changed; try again: ") + error.what()));
    }
  });
}

void drain(Boss& boss, const Client& client, const Words& words) {
  if (words.size() != 1) return client->answer(usage_error("DRAIN"));
  client->answer(Reply::ok());
  boss.drain();
}

constexpr auto table = std::to_array<Command>({
    {"TXN", Allowed::operator_, &txn, txn_usage},
    {"HOLD", Allowed::operator_, &hold,
     "HOLD ADD point [ACCOUNT id] [OP op] | HOLD LIST | HOLD CLEAR"},
    {"ACCOUNT", Allowed::operator_, &account, account_usage},
    {"DRAIN", Allowed::operator_, &drain, "DRAIN"},
});

}  // namespace

std::span<const Command> operator_commands() {
  return table;
}

}  // namespace server
