// Wrong: when it gives up, it reports that nothing was done.
// Says: The user believes that no money was taken
#include "client.hpp"

Ending withdraw(Line& line, int account, int cents, int attempts) {
  const std::string key = line.new_key();
  for (int attempt = 1; attempt <= attempts; ++attempt) {
    try {
      const client::Reply reply =
          line.call({"WITHDRAW", std::to_string(account), std::to_string(cents), "KEY", key});
      if (client::next_step(reply) == client::Next::finished) {
        return {reply.is_error() ? Ending::Kind::refused : Ending::Kind::done, key};
      }
    } catch (const Line::Lost&) {
      // Try again.
    }
  }
  return {Ending::Kind::not_done, key};
}
