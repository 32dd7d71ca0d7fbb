// Wrong: takes a new key for each attempt.
// Says: The money was taken twice
#include "client.hpp"

Ending withdraw(Line& line, int account, int cents, int attempts) {
  std::string key;
  bool may_have_run = false;
  for (int attempt = 1; attempt <= attempts; ++attempt) {
    key = line.new_key();
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
