#include "server/bank/arguments.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "server/bank/refusals.hpp"
#include "server/bank/text.hpp"

namespace bank {
namespace {

constexpr std::int64_t longest_timeout_ms = 86'400'000;
constexpr std::int64_t most_history = 1000;
constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();

/// In the order of the operations.
constexpr auto table = std::to_array<TransactionCommand>({
    {Operation::create, ledger::Kind::create, Role::teller,
     "CREATE pin [BALANCE amount] [KEY key]"},
    {Operation::deposit, ledger::Kind::deposit, Role::customer,
     "DEPOSIT account amount [KEY key] [TIMEOUT ms]"},
    {Operation::withdraw, ledger::Kind::withdraw, Role::customer,
     "WITHDRAW account amount [KEY key] [TIMEOUT ms]"},
    {Operation::transfer, ledger::Kind::transfer, Role::customer,
     "TRANSFER from to amount [KEY key] [TIMEOUT ms]"},
    {Operation::balance, ledger::Kind::none, Role::customer, "BALANCE account [TIMEOUT ms]"},
    {Operation::history, ledger::Kind::none, Role::customer,
     "HISTORY account [LIMIT n] [BEFORE id]"},
    {Operation::reverse, ledger::Kind::reverse, Role::teller, "REVERSE account key"},
    {Operation::passwd, ledger::Kind::none, Role::customer, "PASSWD account pin"},
    {Operation::audit, ledger::Kind::none, Role::operator_, "AUDIT"},
    {Operation::backup, ledger::Kind::none, Role::operator_, "BACKUP path"},
});
static_assert(table.size() == static_cast<std::size_t>(Operation::unknown));

class Parser {
 public:
  explicit Parser(const Session& session) : session_(session) {}

  Arguments parse(const std::vector<std::string>& command) {
    asked_.operation = operation_named(command[0]).value_or(Operation::unknown);
    if (asked_.operation == Operation::unknown) {
      asked_.fault = refusals::unknown_command(command[0]);
      return std::move(asked_);
    }
    const TransactionCommand& row = table[static_cast<std::size_t>(asked_.operation)];
    const bool written_so = row.grammar.read(
        command, [this](std::string_view what, WordSpan values) { read(what, values[0]); });
    if (!written_so) fault(refusals::usage(row.grammar.usage()));
    if (auto refusal = lacks_role(session_, row.least)) fault(*refusal);
    if (!session_.may_touch(asked_.account)) fault(refusals::not_your_account(session_.account));
    // A new account may be empty.
    const ledger::Cents least = asked_.operation == Operation::create ? 0 : 1;
    if (amount_given_ && (asked_.amount < least || asked_.amount > ledger::largest_amount)) {
      fault(refusals::amount_out_of_range(least));
    }
    return std::move(asked_);
  }

 private:
  void read(std::string_view what, const std::string& word) {
    if (what == "account" || what == "from") {
      if (!read_number(word, 0, any, asked_.account)) fault(refusals::not_an_account());
    } else if (what == "to") {
      if (!read_number(word, 0, any, asked_.to)) fault(refusals::not_an_account());
      if (asked_.account == asked_.to)
        fault(refusals::malformed("from and to are the same account; name two"));
    } else if (what == "amount" || what == "BALANCE") {
      read_amount(word);
    } else if (what == "key" || what == "KEY") {
      if (!is_key(word)) return fault(refusals::not_a_key());
      asked_.key = word;
    } else if (what == "pin") {
      if (!is_pin(word)) return fault(refusals::malformed("a PIN is 4 to 12 digits"));
      asked_.pin = Secret(word);
    } else if (what == "path") {
      const bool absolute = word.starts_with('/') && word.find('\0') == std::string::npos;
      if (!absolute)
        return fault(
            refusals::malformed("the path of a backup is absolute, such as /srv/backup/atm.db"));
      asked_.path = word;
    } else if (what == "TIMEOUT") {
      if (!read_number(word, 1, longest_timeout_ms, asked_.timeout))
        fault(refusals::malformed("TIMEOUT is 1 to 86400000 milliseconds"));
    } else if (what == "LIMIT") {
      if (!read_number(word, 1, most_history, asked_.limit))
        fault(refusals::malformed("LIMIT is a number from 1 to 1000"));
    } else if (what == "BEFORE") {
      if (!read_number(word, 1, any, asked_.before))
        fault(refusals::malformed("BEFORE is the id of a transfer, 1 or more"));
    }
  }

  /// Its bounds are checked last: AMOUNT comes after NOPERM.
  void read_amount(const std::string& word) {
    const auto cents = number(word);
    if (!cents)
      return fault(refusals::malformed("an amount is a whole number of cents, such as 2500"));
    asked_.amount = *cents;
    amount_given_ = true;
  }

  /// Stores the number and returns true if the word is one between the bounds.
  template <typename Target>
  static bool read_number(const std::string& word, std::int64_t least, std::int64_t most,
                          Target& target) {
    const auto value = natural(word, least);
    if (!value || *value > most) return false;
    target = static_cast<Target>(*value);
    return true;
  }

  /// The first fault is kept.
  void fault(Reply refusal) {
    if (!asked_.fault) asked_.fault = std::move(refusal);
  }

  const Session& session_;
  Arguments asked_;
  bool amount_given_ = false;
};

}  // namespace

ledger::Claim Arguments::claim() const {
  return {account, key, table[static_cast<std::size_t>(operation)].kind, to, amount};
}

std::span<const TransactionCommand> transaction_commands() {
  return table;
}

Arguments parse_arguments(const std::vector<std::string>& command, const Session& session) {
  return Parser(session).parse(command);
}

std::optional<Reply> lacks_role(const Session& session, Role least) {
  if (session.role >= least) return std::nullopt;
  if (session.role == Role::nobody) return refusals::not_logged_in();
  return least == Role::operator_ ? refusals::operator_only() : refusals::teller_only();
}

bool is_key(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x21 && c <= 0x7E; });
}

bool is_pin(std::string_view text) {
  return text.size() >= 4 && text.size() <= 12 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::int64_t> natural(std::string_view text, std::int64_t least) {
  const auto value = number(text);
  return value && *value >= least ? value : std::nullopt;
}

}  // namespace bank
