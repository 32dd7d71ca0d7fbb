#include "server/commands/holds.hpp"

#include "server/bank/points.hpp"
#include "server/bank/refusals.hpp"
#include "server/bank/text.hpp"

namespace commands {
namespace {

using bank::Reply;
using bank::same_word;

Reply usage() {
  return Reply::error(bank::Code::err,
                      "usage: HOLD ADD point [ACCOUNT id] [OP op] | HOLD LIST | HOLD CLEAR");
}

Reply unknown_point(const std::string& word) {
  std::string names;
  for (const auto& description : bank::point_descriptions) {
    names += (names.empty() ? "" : ", ") + std::string(description.name);
  }
  return Reply::error(bank::Code::err,
                      "no point '" + bank::one_line(word, 32) + "'; there are " + names);
}

/// Reads HOLD ADD into `hold`; or what is wrong with it.
std::optional<Reply> read(const std::vector<std::string>& words, cancel::Hold& hold) {
  if (words.size() < 3 || words.size() % 2 == 0) return usage();
  const auto point = bank::point_named(words[2]);
  if (!point) return unknown_point(words[2]);
  hold.point = static_cast<cancel::PointIndex>(*point);
  for (std::size_t i = 3; i < words.size(); i += 2) {
    if (same_word(words[i], "ACCOUNT") && !hold.subject) {
      hold.subject = bank::natural(words[i + 1], 1);
      if (!hold.subject) return Reply::error(bank::Code::err, "an account is a number, such as 42");
    } else if (same_word(words[i], "OP") && !hold.kind) {
      const auto operation = bank::operation_named(words[i + 1]);
      if (!operation) return Reply::error(bank::Code::err, "no such operation; see COMMAND");
      hold.kind = static_cast<int>(*operation);
    } else {
      return usage();
    }
  }
  return std::nullopt;
}

Reply list(bank::Bank& bank) {
  Reply::Array rows;
  for (const cancel::Hold& hold : bank.holds.list()) {
    const auto point = static_cast<bank::Point>(hold.point);
    const auto op = hold.kind ? name(static_cast<bank::Operation>(*hold.kind)) : "";
    rows.push_back(Reply::map({
        {"point", Reply::bulk(std::string(bank::describe(point).name))},
        {"account", Reply::integer(hold.subject.value_or(0))},
        {"op", Reply::bulk(std::string(op))},
    }));
  }
  return Reply::array(std::move(rows));
}

}  // namespace

void clear_holds(bank::Bank& bank) {
  bank.holds.clear();
  for (const auto& txn : bank.transactions.all()) txn->resume();
}

Reply hold(bank::Bank& bank, const std::vector<std::string>& words) {
  if (!bank.options.teaching) {
    return Reply::error(bank::Code::err, "holds need a server started with --teaching");
  }
  if (same_word(words[1], "LIST")) return list(bank);
  if (same_word(words[1], "CLEAR")) {
    clear_holds(bank);
    return Reply::ok();
  }
  cancel::Hold asked;
  if (const auto wrong = read(words, asked)) return *wrong;
  bank.holds.add(asked);
  return Reply::ok();
}

std::optional<Reply> hold_fault(const std::vector<std::string>& words) {
  if (words.size() < 2) return usage();
  cancel::Hold asked;
  if (same_word(words[1], "ADD")) return read(words, asked);
  const bool plain = same_word(words[1], "LIST") || same_word(words[1], "CLEAR");
  if (plain && words.size() == 2) return std::nullopt;
  return usage();
}

}  // namespace commands
