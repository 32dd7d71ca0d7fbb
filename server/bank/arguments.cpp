#include "server/bank/arguments.hpp"

#include <algorithm>

#include "server/bank/refusals.hpp"
#include "server/bank/text.hpp"

namespace bank {
namespace {

using Words = std::vector<std::string>;
constexpr std::int64_t longest_timeout_ms = 86'400'000;
constexpr std::int64_t most_history = 1000;

/// How each command is written; the first optional word is where options begin.
struct Grammar {
  std::string_view usage;
  std::size_t fixed;         // words before the options, the name included
  std::string_view options;  // the words that may follow, each with its value
};

Grammar grammar_of(Operation operation) {
  switch (operation) {
    case Operation::create:
      return {"CREATE pin [BALANCE amount] [KEY key]", 2, "BALANCE KEY"};
    case Operation::deposit:
      return {"DEPOSIT account amount [KEY key] [TIMEOUT ms]", 3, "KEY TIMEOUT"};
    case Operation::withdraw:
      return {"WITHDRAW account amount [KEY key] [TIMEOUT ms]", 3, "KEY TIMEOUT"};
    case Operation::transfer:
      return {"TRANSFER from to amount [KEY key] [TIMEOUT ms]", 4, "KEY TIMEOUT"};
    case Operation::balance:
      return {"BALANCE account [TIMEOUT ms]", 2, "TIMEOUT"};
    case Operation::history:
      return {"HISTORY account [LIMIT n] [BEFORE id]", 2, "LIMIT BEFORE"};
    case Operation::reverse:
      return {"REVERSE account key", 3, ""};
    case Operation::passwd:
      return {"PASSWD account pin", 3, ""};
    case Operation::audit:
      return {"AUDIT", 1, ""};
    case Operation::backup:
      return {"BACKUP path", 2, ""};
    case Operation::unknown:
      break;
  }
  return {"", 1, ""};
}

class Parser {
 public:
  Parser(const Words& words, const Session& session) : words_(words), session_(session) {}

  Arguments parse() {
    asked_.operation = operation_named(words_[0]).value_or(Operation::unknown);
    if (asked_.operation == Operation::unknown) {
      asked_.fault = refusals::unknown_command(words_[0]);
      return std::move(asked_);
    }
    grammar_ = grammar_of(asked_.operation);
    if (words_.size() < grammar_.fixed) {
      wrong_usage();
    } else {
      read_fixed();
      read_options();
    }
    check_access();
    check_amount();
    return std::move(asked_);
  }

 private:
  void read_fixed() {
    switch (asked_.operation) {
      case Operation::create:
        read_pin(1);
        break;
      case Operation::deposit:
      case Operation::withdraw:
        read_account(1, asked_.account);
        read_amount(words_[2]);
        break;
      case Operation::transfer:
        read_account(1, asked_.account);
        read_account(2, asked_.to);
        read_amount(words_[3]);
        if (asked_.account == asked_.to) fault(refusals::same_account());
        break;
      case Operation::balance:
      case Operation::history:
        read_account(1, asked_.account);
        break;
      case Operation::reverse:
        read_account(1, asked_.account);
        read_key(words_[2]);
        break;
      case Operation::passwd:
        read_account(1, asked_.account);
        read_pin(2);
        break;
      case Operation::backup:
        read_path(words_[1]);
        break;
      case Operation::audit:
      case Operation::unknown:
        break;
    }
  }

  void read_options() {
    std::vector<std::string_view> seen;
    for (std::size_t i = grammar_.fixed; i < words_.size(); i += 2) {
      const std::string_view option = known_option(words_[i]);
      const bool repeated = std::find(seen.begin(), seen.end(), option) != seen.end();
      if (option.empty() || repeated || i + 1 == words_.size()) return wrong_usage();
      seen.push_back(option);
      read_option(option, words_[i + 1]);
    }
  }

  void read_option(std::string_view option, const std::string& value) {
    if (option == "KEY") read_key(value);
    if (option == "BALANCE") read_amount(value);
    if (option == "TIMEOUT") {
      const auto ms = natural(value, 1);
      if (!ms || *ms > longest_timeout_ms) return fault(refusals::not_a_timeout());
      asked_.timeout = std::chrono::milliseconds(*ms);
    }
    if (option == "LIMIT") {
      const auto limit = natural(value, 1);
      if (!limit || *limit > most_history) return fault(refusals::not_a_limit());
      asked_.limit = *limit;
    }
    if (option == "BEFORE") {
      const auto before = natural(value, 1);
      if (!before) return fault(refusals::not_a_transfer());
      asked_.before = *before;
    }
  }

  std::string_view known_option(std::string_view word) const {
    std::string_view rest = grammar_.options;
    while (!rest.empty()) {
      const std::string_view option = rest.substr(0, rest.find(' '));
      if (same_word(option, word)) return option;
      rest.remove_prefix(std::min(rest.size(), option.size() + 1));
    }
    return {};
  }

  void read_account(std::size_t at, ledger::AccountId& account) {
    const auto id = natural(words_[at]);
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
  void read_pin(std::size_t at) {
    if (!is_pin(words_[at])) return fault(refusals::not_a_pin());
    asked_.pin = words_[at];
  }
  void read_path(const std::string& word) {
    if (!word.starts_with('/') || word.find('\0') != std::string::npos) {
      return fault(refusals::not_a_backup_path());
    }
    asked_.path = word;
  }

  void check_access() {
    const Operation operation = asked_.operation;
    if (session_.role == Role::nobody) return fault(refusals::not_logged_in());
    if (session_.role == Role::operator_) return;
    if (operation == Operation::audit || operation == Operation::backup) {
      return fault(refusals::operator_only());
    }
    if (session_.role == Role::teller) return;
    if (operation == Operation::create || operation == Operation::reverse) {
      return fault(refusals::teller_only());
    }
    if (!session_.may_touch(asked_.account)) {
      fault(refusals::not_your_account(session_.account));
    }
  }

  void check_amount() {
    if (!amount_given_) return;
    if (asked_.amount < 1 || asked_.amount > ledger::largest_amount) {
      fault(refusals::amount_out_of_range());
    }
  }

  void wrong_usage() { fault(refusals::usage(grammar_.usage)); }
  /// Keeps the first one.
  void fault(Reply refusal) {
    if (!asked_.fault) asked_.fault = std::move(refusal);
  }

  const Words& words_;
  const Session& session_;
  Grammar grammar_{};
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

std::string_view usage(Operation operation) {
  return grammar_of(operation).usage;
}

Arguments parse_arguments(const Words& command, const Session& session) {
  return Parser(command, session).parse();
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
