// STATUS and CANCEL: questions and orders about a key.

#include "server/bank/keys.hpp"

#include <array>

#include "server/bank/refusals.hpp"
#include "server/commands/table.hpp"
#include "server/commands/verdict.hpp"

namespace commands {
namespace {

using bank::Role;

/// NOAUTH if the PIN has been changed since the client logged in. Reads the ledger.
std::optional<Reply> outdated(bank::Bank& bank, const bank::Session& session) {
  if (session.role != Role::customer) return std::nullopt;
  try {
    const auto account = bank.ledger.account(session.account);
    if (!account || !session.is_outdated(*account)) return std::nullopt;
    return bank::refusals::pin_changed(session.account);
  } catch (const std::exception& error) {
    return bank::refusals::cannot_read(error);
  }
}

/// Runs the job on the reserve if the client may ask about the account's keys.
void run_for_key(Server& server, const Client& client, ledger::AccountId account,
                 std::function<void()> job) {
  if (!client->session()->may_touch(account)) {
    return client->answer(Reply::error(bank::Code::no_perm,
                                       "you may ask about the keys of your own account only"));
  }
  client->answered_later();
  server.reserve().submit([&server, client, job = std::move(job)] {
    if (const auto refusal = outdated(server.bank(), *client->session())) {
      client->deliver(*refusal);
    } else {
      job();
    }
  });
}

void status(Server& server, const Client& client, const Arguments& asked) {
  run_for_key(server, client, asked.account,
              [&server, client, account = asked.account, key = asked.key] {
                client->deliver(status_of_key(server.bank(), account, key));
              });
}

void cancel(Server& server, const Client& client, const Arguments& asked) {
  const bool customer = client->session()->role == Role::customer;
  const auto reason = customer ? bank::Reason::customer : bank::Reason::operator_;
  run_for_key(server, client, asked.account,
              [&server, reason, asked, answer = answer_with_verdict(server, client, asked)] {
                cancel_key(server.bank(), asked.account, asked.key, bank::order_of(reason), answer);
              });
}

constexpr auto table = std::to_array<Command>({
    {"STATUS account key", Role::customer, &status},
    {"CANCEL account key [WAIT ms]", Role::customer, &cancel},
});

}  // namespace

std::span<const Command> key_commands() {
  return table;
}

}  // namespace commands
