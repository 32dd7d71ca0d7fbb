#include "server/commands/arguments.hpp"

#include <algorithm>

#include "server/bank/arguments.hpp"
#include "server/bank/points.hpp"
#include "server/bank/refusals.hpp"
#include "server/bank/text.hpp"
#include "server/bank/transaction.hpp"

namespace commands {
namespace {

using bank::Refusal;
using bank::refusals::malformed;

constexpr std::int64_t longest_wait_ms = 86'400'000;
constexpr std::size_t longest_name = 64;
constexpr std::size_t longest_quote = 32;

std::int64_t read_number(const std::string& word, std::int64_t least, const bank::Reply& refusal) {
  const auto number = bank::natural(word, least);
  if (!number) throw Refusal(refusal);
  return *number;
}

std::int64_t read_account(const std::string& word) {
  return read_number(word, 0, bank::refusals::not_an_account());
}

/// Of an account that requests may touch: none touches the vault.
std::int64_t read_subject(const std::string& word) {
  const std::int64_t account = read_account(word);
  if (account != ledger::vault) return account;
  throw Refusal(bank::refusals::no_such_account(account));
}

std::chrono::milliseconds read_wait(const std::string& word) {
  const auto ms = bank::natural(word);
  if (!ms || *ms > longest_wait_ms) throw Refusal(malformed("WAIT is 0 to 86400000 milliseconds"));
  return std::chrono::milliseconds(*ms);
}

cancel::PointIndex read_point(const std::string& word) {
  if (const auto point = bank::point_named(word)) return static_cast<cancel::PointIndex>(*point);
  std::string names;
  for (const auto& description : bank::point_descriptions) {
    names += (names.empty() ? "" : ", ") + std::string(description.name);
  }
  throw Refusal(malformed("there is no point '" + bank::one_line(word, longest_quote) +
                          "'; the points are " + names));
}

int read_operation(const std::string& word) {
  const auto operation = bank::operation_named(word);
  if (operation) return static_cast<int>(*operation);
  throw Refusal(malformed("there is no operation '" + bank::one_line(word, longest_quote) +
                          "'; see COMMAND"));
}

std::string read_key(const std::string& word) {
  if (!bank::is_key(word)) throw Refusal(bank::refusals::not_a_key());
  return word;
}

/// A name is shown in CLIENT LIST, whose fields are separated by blanks.
std::string read_name(const std::string& word) {
  const bool fits =
      std::all_of(word.begin(), word.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (fits && word.size() <= longest_name) return word;
  throw Refusal(malformed("a client's name is at most 64 printable characters without blanks"));
}

}  // namespace

void Arguments::read(std::string_view what, bank::WordSpan values) {
  if (what == "command") {
    for (const std::string& each : values) words.push_back(bank::lower(each));
    return;
  }
  const std::string& word = values[0];
  if (what == "key") key = read_key(word);
  if (what == "account") account = read_account(word);
  if (what == "ACCOUNT") only_account = hold.subject = read_subject(word);
  if (what == "WAIT") wait = read_wait(word);
  if (what == "point") hold.point = read_point(word);
  if (what == "OP") hold.kind = read_operation(word);
  if (what == "client") {
    number = read_number(word, 1, malformed("a client is a number; see CLIENT LIST"));
  }
  if (what == "database") number = bank::natural(word).value_or(-1);
  if (what == "version") {
    number = read_number(word, 0, malformed("a protocol version is a number: 2 or 3"));
  }
  if (what == "name" || what == "SETNAME") name = read_name(word);
  if (what == "handle") handle = word;
  if (what == "REASON") reason = bank::one_line(word, bank::longest_reason);
  if (what == "AUTH") login.emplace(word, values[1]);
  if (what == "user") login.emplace(word, "");
  if (what == "secret") login->second = word;
  if (what == "message" || what == "section" || what == "mode") text = word;
}

}  // namespace commands
