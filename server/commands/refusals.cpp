#include "server/commands/refusals.hpp"

#include "server/bank/points.hpp"
#include "server/bank/refusals.hpp"
#include "server/bank/text.hpp"

namespace commands {
namespace {

using bank::Code;
using bank::refusals::malformed;

std::string quoted(const std::string& word) {
  return "'" + bank::one_line(word, 32) + "'";
}

}  // namespace

Reply not_a_wait() {
  return malformed("WAIT is 0 to 86400000 milliseconds");
}

Reply not_a_name() {
  return malformed("a client's name is at most 64 printable characters without blanks");
}

Reply not_a_client() {
  return malformed("a client is a number; see CLIENT LIST");
}

Reply not_a_version() {
  return malformed("a protocol version is a number: 2 or 3");
}

Reply no_such_version() {
  return Reply::error(Code::no_proto, "unsupported protocol version; use 2 or 3");
}

Reply no_such_point(const std::string& word) {
  std::string names;
  for (const auto& description : bank::point_descriptions) {
    names += (names.empty() ? "" : ", ") + std::string(description.name);
  }
  return malformed("there is no point " + quoted(word) + "; the points are " + names);
}

Reply no_such_operation(const std::string& word) {
  return malformed("there is no operation " + quoted(word) + "; see COMMAND");
}

Reply no_such_client(std::int64_t client) {
  return malformed("there is no client " + std::to_string(client) + "; see CLIENT LIST");
}

Reply only_database_0() {
  return malformed("there is only database 0; SELECT 0 before the next command");
}

Reply every_command_is_answered() {
  return malformed("every command is answered; CLIENT REPLY can only be ON");
}

Reply no_multi() {
  return malformed(
      "MULTI is not supported; nothing runs until EXEC or DISCARD. Send each command "
      "by itself: it is a transaction");
}

Reply exec_aborted() {
  return Reply::error(Code::exec_abort, "MULTI was refused, so nothing up to EXEC runs");
}

Reply without_multi(const char* command) {
  return malformed(std::string(command) + " without MULTI");
}

Reply operator_needs_no_login() {
  return malformed("the operator needs no login; log in over TCP for another role");
}

Reply not_your_key() {
  return Reply::error(Code::no_perm, "you may ask about the keys of your own account only");
}

Reply holds_need_teaching() {
  return malformed("holds need a server started with --teaching");
}

Reply too_many_logins() {
  return Reply::error(Code::busy, "too many logins are waiting; try again later");
}

Reply no_such_transaction(const std::string& handle) {
  return Reply::error(Code::invalid_handle,
                      "no transaction " + quoted(handle) + " is in flight; see TXN LIST");
}

Reply not_held(const std::string& handle) {
  return malformed("transaction " + handle + " is not held");
}

}  // namespace commands
