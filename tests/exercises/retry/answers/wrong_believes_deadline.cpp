// Wrong: believes any final reply, also one that does not decide an earlier attempt.
// Says: The user believes that no money was taken
#include "client.hpp"

Ending withdraw(Line& line, int account, int cents, int attempts) {
  const std::string key = line.new_key();
  bool may_have_run = false;
  for (int attempt = 1; attempt <= attempts; ++attempt) {
    try {
      const client::Reply reply =
          line.call({"WITHDRAW", std::to_string(account), std::to_string(cents), "KEY", key});
      if (client::next_step(reply) == client::Next::finished) {
        return {reply.is_error() ? Ending::Kind::refused : Ending::Kind::done, key};
      }
      may_have_run = may_have_run || client::is_unresolved(reply);
    } catch (const Line::Lost&) {
      may_have_run = true;
    }
  }
  return {may_have_run ? Ending::Kind::unknown : Ending::Kind::not_done, key};
}
