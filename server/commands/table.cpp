#include "server/commands/table.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "server/bank/refusals.hpp"
#include "server/bank/text.hpp"
#include "server/commands/txn.hpp"

namespace commands {
namespace {

using bank::Reply;
using bank::Role;

const Command* find(std::span<const Command> table, std::string_view name) {
  const auto at = std::find_if(table.begin(), table.end(), [name](const Command& command) {
    return bank::same_word(command.name, name);
  });
  return at == table.end() ? nullptr : &*at;
}

const Command* find(std::string_view name) {
  for (const auto table : {stock_commands(), key_commands(), operator_commands()}) {
    if (const Command* found = find(table, name)) return found;
  }
  return nullptr;
}

}  // namespace

std::optional<Reply> refused(Server& server, const Client& client, Allowed allowed) {
  if (allowed == Allowed::everybody) return std::nullopt;
  const bank::Session& session = *client->session();
  if (session.role == Role::nobody) {
    return Reply::error(bank::Code::no_auth, "log in first: AUTH account pin");
  }
  if (server.bank().pin_versions.is_outdated(session))
    return bank::refusals::pin_changed(session.account);
  if (allowed == Allowed::operator_ && session.role != Role::operator_) {
    return Reply::error(bank::Code::no_perm,
                        "only the operator may do that, on the server's Unix socket");
  }
  return std::nullopt;
}

void execute(Server& server, const Client& client, Words words) {
  client->last_command() = bank::one_line(words[0], 32);
  const Command* const command = find(words[0]);
  if (command == nullptr) return server.admit(client, std::move(words));
  if (command->fault != nullptr) {
    if (const auto wrong = command->fault(words)) return client->answer(*wrong);
  }
  if (const auto why = refused(server, client, command->allowed)) return client->answer(*why);
  command->execute(server, client, words);
}

std::vector<std::pair<std::string, std::string_view>> all_commands() {
  std::vector<std::pair<std::string, std::string_view>> all;
  for (int i = 0; i < static_cast<int>(bank::Operation::unknown); ++i) {
    const auto operation = static_cast<bank::Operation>(i);
    all.emplace_back(name(operation), bank::usage(operation));
  }
  for (const auto table : {stock_commands(), key_commands(), operator_commands()}) {
    for (const Command& command : table) all.emplace_back(lower(command.name), command.usage);
  }
  return all;
}

namespace {

/// A verdict that waits for whichever comes first: the handle is gone, or the time has run out. The
/// boss's thread.
struct LateVerdict {
  Client client;  // null once it has been told
  Reply reply;
  std::function<void()> stop_timer;

  void tell() {
    const Client waiting = std::exchange(client, nullptr);
    if (!waiting) return;
    stop_timer();
    waiting->deliver(reply);
  }
};

}  // namespace

void VerdictAnswer::operator()(cancel::Verdict verdict,
                               const std::shared_ptr<bank::Transaction>& txn) const noexcept {
  server_.bank().counters.count(verdict);
  tell(verdict_reply(verdict), txn);
}

void VerdictAnswer::tell(const Reply& reply, const std::shared_ptr<bank::Transaction>& txn) const {
  if (wait_.count() == 0 || !txn) {
    client_->deliver(reply);
    return;
  }
  server_.post([server = &server_, client = client_, wait = wait_, txn, reply] {
    const auto late = std::make_shared<LateVerdict>(LateVerdict{client, reply, {}});
    late->stop_timer = server->after(wait, [late] { late->tell(); });
    txn->when_gone([server, late] { server->post([late] { late->tell(); }); });
  });
}

std::string lower(std::string_view word) {
  std::string result(word);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

Reply usage_error(std::string_view usage) {
  return Reply::error(bank::Code::err, "usage: " + std::string(usage));
}

std::optional<std::chrono::milliseconds> wait_time(const std::string& word) {
  constexpr std::int64_t a_day = 86'400'000;
  const auto ms = bank::natural(word);
  if (!ms || *ms > a_day) return std::nullopt;
  return std::chrono::milliseconds(*ms);
}

}  // namespace commands
