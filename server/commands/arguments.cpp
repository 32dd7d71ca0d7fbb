#include "server/commands/arguments.hpp"

#include <algorithm>

#include "server/bank/arguments.hpp"
#include "server/bank/points.hpp"
#include "server/bank/refusals.hpp"
#include "server/bank/text.hpp"
#include "server/commands/refusals.hpp"

namespace commands {
namespace {

using bank::Reply;
using Fault = std::optional<Reply>;
namespace refusals = bank::refusals;

constexpr std::int64_t longest_wait_ms = 86'400'000;
constexpr std::size_t longest_name = 64;

/// Stores the number, or returns the refusal.
template <typename Target>
Fault read_number(const std::string& word, std::int64_t least, Target& target, Reply (*refusal)()) {
  const auto number = bank::natural(word, least);
  if (!number) return refusal();
  target = *number;
  return std::nullopt;
}

Fault read_wait(const std::string& word, std::chrono::milliseconds& wait) {
  const auto ms = bank::natural(word);
  if (!ms || *ms > longest_wait_ms) return not_a_wait();
  wait = std::chrono::milliseconds(*ms);
  return std::nullopt;
}

Fault read_point(const std::string& word, cancel::Hold& hold) {
  const auto point = bank::point_named(word);
  if (!point) return no_such_point(word);
  hold.point = static_cast<cancel::PointIndex>(*point);
  return std::nullopt;
}

Fault read_operation(const std::string& word, cancel::Hold& hold) {
  const auto operation = bank::operation_named(word);
  if (!operation) return no_such_operation(word);
  hold.kind = static_cast<int>(*operation);
  return std::nullopt;
}

Fault read_key(const std::string& word, std::string& key) {
  if (!bank::is_key(word)) return refusals::not_a_key();
  key = word;
  return std::nullopt;
}

/// A name is shown in CLIENT LIST, whose fields are separated by blanks.
Fault read_name(const std::string& word, std::optional<std::string>& name) {
  const bool fits =
      std::all_of(word.begin(), word.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!fits || word.size() > longest_name) return not_a_name();
  name = word;
  return std::nullopt;
}

}  // namespace

Fault Arguments::read(std::string_view what, bank::WordSpan values) {
  if (what == "key") return read_key(values[0], key);
  if (what == "account") return read_number(values[0], 0, account, &refusals::not_an_account);
  if (what == "ACCOUNT") return read_number(values[0], 1, only, &refusals::not_an_account);
  if (what == "WAIT") return read_wait(values[0], wait);
  if (what == "point") return read_point(values[0], hold);
  if (what == "OP") return read_operation(values[0], hold);
  if (what == "client") return read_number(values[0], 1, number, &not_a_client);
  if (what == "database") number = bank::natural(values[0]).value_or(-1);
  if (what == "version") return read_number(values[0], 0, number, &not_a_version);
  if (what == "name" || what == "SETNAME") return read_name(values[0], name);
  if (what == "handle") handle = values[0];
  if (what == "REASON") reason = values[0];
  if (what == "AUTH") login.emplace(values[0], values[1]);
  if (what == "user") login.emplace(values[0], "");
  if (what == "secret") login->second = values[0];
  if (what == "message" || what == "section" || what == "mode") text = values[0];
  if (what == "command") words.assign(values.begin(), values.end());
  return std::nullopt;
}

}  // namespace commands
