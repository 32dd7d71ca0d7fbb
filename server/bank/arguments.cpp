#include "server/bank/arguments.hpp"

#include <algorithm>
#include <array>

#include "server/bank/refusals.hpp"
#include "server/bank/text.hpp"

namespace bank {
namespace {

constexpr std::int64_t longest_timeout_ms = 86'400'000;
constexpr std::int64_t most_history = 1000;

/// In the order of the operations.
constexpr auto table = std::to_array<TransactionCommand>({
    {Operation::create, Role::teller, "CREATE pin [BALANCE amount] [KEY key]"},
    {Operation::deposit, Role::customer, "DEPOSIT account amount [KEY key] [TIMEOUT ms]"},
    {Operation::withdraw, Role::customer, "WITHDRAW account amount [KEY key] [TIMEOUT ms]"},
    {Operation::transfer, Role::customer, "TRANSFER from to amount [KEY key] [TIMEOUT ms]"},
    {Operation::balance, Role::customer, "BALANCE account [TIMEOUT ms]"},
    {Operation::history, Role::customer, "HISTORY account [LIMIT n] [BEFORE id]"},
    {Operation::reverse, Role::teller, "REVERSE account key"},
    {Operation::passwd, Role::customer, "PASSWD account pin"},
    {Operation::audit, Role::operator_, "AUDIT"},
    {Operation::backup, Role::operator_, "BACKUP path"},
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
    if (what == "account" || what == "from") return read_account(word, asked_.account);
    if (what == "to") {
      read_account(word, asked_.to);
      if (asked_.account == asked_.to) fault(refusals::same_account());
      return;
    }
    if (what == "amount" || what == "BALANCE") return read_amount(word);
    if (what == "key" || what == "KEY") return read_key(word);
    if (what == "pin") return read_pin(word);
    if (what == "path") return read_path(word);
    if (what == "TIMEOUT") return read_timeout(word);
    if (what == "LIMIT") return read_limit(word);
    if (what == "BEFORE") return read_before(word);
  }

  void read_account(const std::string& word, ledger::AccountId& account) {
    const auto id = natural(word);
    if (!id) return fault(refusals::not_an_account());
    account = *id;
  }
  void read_amount(const std::string& word) {
    const Number cents = number(word);
    if (!cents.digits) return fault(refusals::not_an_amount());
    asked_.amount = cents.value;
    amount_given_ = true;
  }
  void read_key(const std::string& word) {
    if (!is_key(word)) return fault(refusals::not_a_key());
    asked_.key = word;
  }
  void read_pin(const std::string& word) {
    if (!is_pin(word)) return fault(refusals::not_a_pin());
    asked_.pin = Secret(word);
  }
  void read_path(const std::string& word) {
    const bool absolute = word.starts_with('/') && word.find('\0') == std::string::npos;
    if (!absolute) return fault(refusals::not_a_backup_path());
    asked_.path = word;
  }
  void read_timeout(const std::string& word) {
    const auto ms = natural(word, 1);
    if (!ms || *ms > longest_timeout_ms) return fault(refusals::not_a_timeout());
    asked_.timeout = std::chrono::milliseconds(*ms);
  }
  void read_limit(const std::string& word) {
    const auto limit = natural(word, 1);
    if (!limit || *limit > most_history) return fault(refusals::not_a_limit());
    asked_.limit = *limit;
  }
  void read_before(const std::string& word) {
    const auto before = natural(word, 1);
    if (!before) return fault(refusals::not_a_transfer());
    asked_.before = *before;
  }

  /// The first fault is kept.
  void fault(Reply refusal) {
    if (!asked_.fault) asked_.fault = std::move(refusal);
  }

  const Session& session_;
  Arguments asked_;
  bool amount_given_ = false;
};

ledger::Kind kind_of(Operation operation) {
  switch (operation) {
    case Operation::create:
      return ledger::Kind::create;
    case Operation::deposit:
      return ledger::Kind::deposit;
    case Operation::withdraw:
      return ledger::Kind::withdraw;
    case Operation::transfer:
      return ledger::Kind::transfer;
    case Operation::reverse:
      return ledger::Kind::reverse;
    default:
      return ledger::Kind::none;
  }
}

}  // namespace

ledger::Claim Arguments::claim() const {
  return {account, key, kind_of(operation), to, amount};
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
  const Number read = number(text);
  if (!read.digits || read.value < least) return std::nullopt;
  return read.value;
}

}  // namespace bank
