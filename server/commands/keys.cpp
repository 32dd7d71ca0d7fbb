// STATUS and CANCEL: what a customer asks and orders about a key.

#include "server/bank/keys.hpp"

#include <array>

#include "server/bank/refusals.hpp"
#include "server/bank/text.hpp"
#include "server/commands/table.hpp"

namespace commands {
namespace {

using bank::Reply;
using bank::Role;

constexpr std::string_view status_usage = "STATUS account key";
constexpr std::string_view cancel_usage = "CANCEL account key [WAIT ms]";

/// What is wrong with "account key". The account of a CREATE's key is 0.
std::optional<Reply> fault_of_key(const Words& words) {
  if (!bank::natural(words[1])) {
    return Reply::error(bank::Code::err, "an account is a number, such as 42");
  }
  if (!bank::is_key(words[2])) {
    return Reply::error(bank::Code::err, "a key is 1 to 64 printable characters without blanks");
  }
  return std::nullopt;
}

std::optional<Reply> status_fault(const Words& words) {
  return words.size() == 3 ? fault_of_key(words) : usage_error(status_usage);
}

std::optional<Reply> cancel_fault(const Words& words) {
  const bool with_wait =
      words.size() == 5 && bank::same_word(words[3], "WAIT") && wait_time(words[4]);
  return words.size() == 3 || with_wait ? fault_of_key(words) : usage_error(cancel_usage);
}

/// NOAUTH if the PIN has been changed since the client logged in. Reads the ledger.
std::optional<Reply> outdated(bank::Bank& bank, const bank::Session& session) {
  if (session.role != Role::customer) return std::nullopt;
  try {
    const auto account = bank.ledger.account(session.account);
    if (!account || !session.outdated(*account)) return std::nullopt;
    return bank::refusals::pin_changed(session.account);
  } catch (const std::exception& error) {
    return Reply::error(bank::Code::store,
                        std::string("cannot look now; try again: ") + error.what());
  }
}

/// Whose key it is has to be the client's business. Once that is clear, `job` runs where it may
/// block.
void run_for_key(Server& server, const Client& client, ledger::AccountId account,
                 std::function<void()> job) {
  if (!client->session()->may_touch(account)) {
    return client->answer(
        Reply::error(bank::Code::no_perm, "you may ask about the keys of your own account only"));
  }
  client->answered_later();
  server.run_job([&server, client, job = std::move(job)] {
    if (const auto refused = outdated(server.bank(), *client->session())) {
      client->deliver(*refused);
    } else {
      job();
    }
  });
}

void status(Server& server, const Client& client, const Words& words) {
  const ledger::AccountId account = *bank::natural(words[1]);
  run_for_key(server, client, account, [&server, client, account, key = words[2]] {
    client->deliver(status_of_key(server.bank(), account, key));
  });
}

void cancel(Server& server, const Client& client, const Words& words) {
  const ledger::AccountId account = *bank::natural(words[1]);
  const auto wait = words.size() == 5 ? *wait_time(words[4]) : std::chrono::milliseconds(0);
  const bool customer = client->session()->role == Role::customer;
  const auto reason = customer ? bank::Reason::customer : bank::Reason::operator_;
  run_for_key(server, client, account, [&server, client, reason, account, key = words[2], wait] {
    cancel_key(server.bank(), account, key, bank::order_of(reason),
               VerdictAnswer{server, client, wait});
  });
}

constexpr auto table = std::to_array<Command>({
    {"STATUS", Allowed::known, &status, status_usage, &status_fault},
    {"CANCEL", Allowed::known, &cancel, cancel_usage, &cancel_fault},
});

}  // namespace

std::span<const Command> key_commands() {
  return table;
}

}  // namespace commands
