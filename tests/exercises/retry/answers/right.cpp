// Right: one key, until a reply decides all attempts.
#include "client.hpp"

Ending withdraw(Line& line, int account, int cents, int attempts) {
  const std::string key = line.new_key();
  bool may_have_run = false;
  for (int attempt = 1; attempt <= attempts; ++attempt) {
    try {
      const client::Reply reply =
          line.call({"WITHDRAW", std::to_string(account), std::to_string(cents), "KEY", key});
      const bool is_final = client::next_step(reply) == client::Next::finished &&
                            (!may_have_run || client::settles_earlier_attempts(reply));
      if (is_final) {
        return {reply.is_error() ? Ending::Kind::refused : Ending::Kind::done, key};
      }
      may_have_run = may_have_run || client::is_unresolved(reply);
    } catch (const Line::Lost&) {
      may_have_run = true;
    }
  }
  return {may_have_run ? Ending::Kind::unknown : Ending::Kind::not_done, key};
}
