// STATUS and CANCEL: what a customer asks and orders about a key.

#include <array>

#include "server/bank/keys.hpp"
#include "server/bank/text.hpp"
#include "server/boss.hpp"
#include "server/commands.hpp"

namespace server {
namespace {

using bank::Reply;
using bank::Role;

constexpr std::string_view status_usage = "STATUS account key";
constexpr std::string_view cancel_usage = "CANCEL account key [WAIT ms]";

/// What is wrong with "account key" for that session, if anything is. The account of a CREATE's key
/// is 0.
std::optional<Reply> fault_of(const Words& words, const bank::Session& session) {
  const auto account = bank::natural(words[1]);
  if (!account) return Reply::error("ERR", "an account is a number, such as 42");
  if (!bank::is_key(words[2])) {
    return Reply::error("ERR", "a key is 1 to 64 printable characters without blanks");
  }
  if (!session.may_touch(*account)) {
    return Reply::error("NOPERM", "you may ask about the keys of your own account only");
  }
  return std::nullopt;
}

void status(Boss& boss, const Client& client, const Words& words) {
  if (words.size() != 3) return client->answer(usage_error(status_usage));
  if (const auto fault = fault_of(words, *client->session())) return client->answer(*fault);
  client->answered_later();
  boss.run_job([&boss, client, account = *bank::natural(words[1]), key = words[2]] {
    try {
      client->deliver(status_of_key(boss.bank(), account, key));
    } catch (const std::exception& error) {
      client->deliver(Reply::error("STORE", std::string("cannot look it up now: ") + error.what()));
    }
  });
}

void cancel(Boss& boss, const Client& client, const Words& words) {
  const bool with_wait = words.size() == 5 && bank::same_word(words[3], "WAIT");
  if (words.size() != 3 && !with_wait) return client->answer(usage_error(cancel_usage));
  const auto wait = with_wait ? wait_time(words[4]) : std::chrono::milliseconds(0);
  if (!wait) return client->answer(usage_error(cancel_usage));
  if (const auto fault = fault_of(words, *client->session())) return client->answer(*fault);
  const bool customer = client->session()->role == Role::customer;
  client->answered_later();
  boss.run_job(
      [&boss, client, customer, account = *bank::natural(words[1]), key = words[2], wait = *wait] {
        const auto reason = customer ? bank::Reason::customer : bank::Reason::operator_;
        cancel_key(boss.bank(), account, key, bank::order_of(reason),
                   VerdictAnswer{boss, client, wait});
      });
}

constexpr auto table = std::to_array<Command>({
    {"STATUS", Allowed::known, &status, status_usage},
    {"CANCEL", Allowed::known, &cancel, cancel_usage},
});

}  // namespace

std::span<const Command> key_commands() {
  return table;
}

}  // namespace server
