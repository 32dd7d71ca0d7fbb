#include "client.hpp"

// Gives up as soon as the line breaks. The money may be gone, and the user is not informed.
Ending withdraw(Line& line, int account, int cents, int) {
  const std::string key = line.new_key();
  try {
    const client::Reply reply =
        line.call({"WITHDRAW", std::to_string(account), std::to_string(cents), "KEY", key});
    return {reply.is_error() ? Ending::Kind::refused : Ending::Kind::done, key};
  } catch (const Line::Lost&) {
    return {Ending::Kind::not_done, key};
  }
}
