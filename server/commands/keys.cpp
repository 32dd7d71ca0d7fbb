// STATUS and CANCEL: questions and orders about a key.

#include "server/bank/keys.hpp"

#include <array>

#include "server/bank/refusals.hpp"
#include "server/commands/table.hpp"
#include "server/commands/verdict.hpp"

namespace commands {
namespace {

using bank::Role;

/// Runs the job on the reserve, if the client may ask about the account's keys.
void run_for_key(Server& server, const Client& client, ledger::AccountId account,
                 std::function<void()> job) {
  if (!client->session()->may_touch(account)) {
    return client->answer(
        Reply::error(bank::Code::no_perm, "you may ask about the keys of your own account only"));
  }
  client->answered_later();
  server.reserve().submit([&server, client, job = std::move(job)] {
    const bank::Session& session = *client->session();
    if (server.bank().pin_versions.is_outdated(session)) {  // changed while the job waited
      client->deliver(bank::refusals::pin_changed(session.account));
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

constexpr auto key_rows = std::to_array<Command>({
    {"STATUS account key", Role::customer, &status},
    {"CANCEL account key [WAIT ms]", Role::customer, &cancel},
});

}  // namespace

constinit const std::span<const Command> key_commands = key_rows;

}  // namespace commands
