// The operator's commands: TXN, HOLD, ACCOUNT, DRAIN. (AUDIT and BACKUP are transactions.)

#include <array>

#include "server/bank/refusals.hpp"
#include "server/commands/accounts.hpp"
#include "server/commands/table.hpp"
#include "server/commands/txn.hpp"
#include "server/commands/verdict.hpp"
#include "server/commands/watch.hpp"

namespace commands {
namespace {

using bank::Role;

// ── TXN ─────────────────────────────────────────────────────────────────────────────────────────

void txn_list(Server& server, const Client& client, const Arguments&) {
  client->answer(list(server.bank()));
}

/// Answers with the result of `act` for the handle.
template <Reply (*act)(bank::Bank&, const std::string&)>
void with_handle(Server& server, const Client& client, const Arguments& asked) {
  client->answer(act(server.bank(), asked.handle));
}

void txn_cancel(Server& server, const Client& client, const Arguments& asked) {
  client->answered_later();
  cancel_transaction(server.bank(), asked.handle, asked.reason,
                     answer_with_verdict(server, client, asked));
}

void txn_cancel_all(Server& server, const Client& client, const Arguments& asked) {
  client->answered_later();
  const auto order = bank::order_of(bank::Reason::operator_, asked.reason);
  cancel_all(server.bank(), asked.only_account, order, record_verdict(server, client, asked),
             [&server, client, asked](std::int64_t stopped) {
               server.bank().counters.count(cancel::Verdict::cancelled, stopped);
               server.events().record(bank::Event::cancel_all,
                                      {{"why", "TXN CANCELALL"},
                                       {"account", asked.only_account.value_or(0)},
                                       {"client", client->id()},
                                       {"reason", asked.reason},
                                       {"cancelled", stopped}});
               client->deliver(Reply::integer(stopped));
             });
}

// ── HOLD ────────────────────────────────────────────────────────────────────────────────────────

/// Returns false, after answering with the refusal, if the server was not started for teaching.
bool may_hold(Server& server, const Client& client) {
  const bool teaching = server.bank().options.teaching;
  if (!teaching) {
    client->answer(bank::refusals::malformed("holds need a server started with --teaching"));
  }
  return teaching;
}

void hold_add(Server& server, const Client& client, const Arguments& asked) {
  if (!may_hold(server, client)) return;
  if (server.facts().draining) {
    return client->answer(Reply::error(
        bank::Code::shutdown, "the server is going down and holds nothing; try after its restart"));
  }
  server.bank().holds.add(asked.hold);
  client->answer(Reply::ok());
}

void hold_list(Server& server, const Client& client, const Arguments&) {
  if (may_hold(server, client)) client->answer(list_holds(server.bank()));
}

void hold_clear(Server& server, const Client& client, const Arguments&) {
  if (!may_hold(server, client)) return;
  clear_holds(server.bank());
  client->answer(Reply::ok());
}

// ── ACCOUNT: writes to the ledger, so it runs on the reserve ────────────────────────────────────

/// Delivers the reply, and records the event if the change was made.
void deliver_change(Server& server, const Client& client, bank::Event event,
                    ledger::AccountId account, const Reply& reply) {
  if (reply.as_error() == nullptr) {
    server.events().record(event, {{"account", account}, {"client", client->id()}});
  }
  client->deliver(reply);
}

void account_freeze(Server& server, const Client& client, const Arguments& asked) {
  client->answered_later();
  server.reserve().submit([&server, client, account = asked.account] {
    freeze(server.bank(), account, [&server, client, account](const Reply& reply) {
      deliver_change(server, client, bank::Event::account_frozen, account, reply);
    });
  });
}

template <Reply (*change)(bank::Bank&, ledger::AccountId), bank::Event event>
void account_change(Server& server, const Client& client, const Arguments& asked) {
  client->answered_later();
  server.reserve().submit([&server, client, account = asked.account] {
    deliver_change(server, client, event, account, change(server.bank(), account));
  });
}

// ── DRAIN ───────────────────────────────────────────────────────────────────────────────────────

void drain(Server& server, const Client& client, const Arguments&) {
  client->answer(Reply::ok());
  server.drain();
}

constexpr auto operator_rows = std::to_array<Command>({
    {"TXN LIST", Role::operator_, &txn_list},
    {"TXN SHOW handle", Role::operator_, &with_handle<show>},
    {"TXN WATCH [ACCOUNT id]", Role::operator_, &txn_watch},
    {"TXN CANCEL handle [REASON text] [WAIT ms]", Role::operator_, &txn_cancel},
    {"TXN CANCELALL [ACCOUNT id] [REASON text]", Role::operator_, &txn_cancel_all},
    {"TXN STEP handle", Role::operator_, &with_handle<step>},
    {"TXN RESUME handle", Role::operator_, &with_handle<resume>},
    {"HOLD ADD point [ACCOUNT id] [OP op]", Role::operator_, &hold_add},
    {"HOLD LIST", Role::operator_, &hold_list},
    {"HOLD CLEAR", Role::operator_, &hold_clear},
    {"ACCOUNT FREEZE account", Role::operator_, &account_freeze},
    {"ACCOUNT UNFREEZE account", Role::operator_,
     &account_change<unfreeze, bank::Event::account_unfrozen>},
    {"ACCOUNT UNLOCK account", Role::operator_,
     &account_change<unlock, bank::Event::account_unlocked>},
    {"DRAIN", Role::operator_, &drain},
});

}  // namespace

constinit const std::span<const Command> operator_commands = operator_rows;

}  // namespace commands
