#include "db/rules.hpp"

namespace ledger {
namespace {

bool is_amount(Cents amount) {
  return amount >= 1 && amount <= largest_amount;
}

std::string_view broken_rule_of_accounts(const Posting& posting) {
  if (posting.debit < 0 || posting.credit < 0) return "no account has a negative number";
  if (posting.debit == posting.credit) return "a transfer needs two different accounts";
  const bool from_vault = posting.debit == vault;
  const bool to_vault = posting.credit == vault;
  switch (posting.kind) {
    case Kind::create:
    case Kind::deposit:
      return from_vault ? "" : "the debit account must be the vault";
    case Kind::withdraw:
      return to_vault ? "" : "the credit account must be the vault";
    case Kind::transfer:
      return from_vault || to_vault ? "a transfer does not touch the vault" : "";
    case Kind::reverse:
      return "";
    case Kind::none:
      break;
  }
  return "the transfer has no kind";
}

std::int64_t reply_of(Kind kind, AccountId credit, Cents debit_balance, Cents credit_balance) {
  if (kind == Kind::create) return credit;
  return kind == Kind::deposit ? credit_balance : debit_balance;
}

std::string_view broken_rule_of_claim(const Posting& posting) {
  const Claim& claim = *posting.claim;
  const std::string_view rule = broken_rule_of_key(claim.key);
  if (!rule.empty()) return rule;
  if (posting.kind == Kind::reverse) return "a reverse cannot claim a key";
  const AccountId other = posting.kind == Kind::transfer ? posting.credit : 0;
  const AccountId account = account_of_key(posting.kind, posting.debit, posting.credit);
  const bool agrees = claim.account == account && claim.kind == posting.kind &&
                      claim.other == other && claim.amount == posting.amount;
  if (!agrees) return "the claim does not agree with the request";
  const bool told = posting.reply == reply_of(posting.kind, posting.credit, posting.debit_after,
                                              posting.credit_after);
  return told ? "" : "the reply is not the new balance of the account";
}

}  // namespace

AccountId account_of_key(Kind kind, AccountId debit, AccountId credit) {
  if (kind == Kind::create) return 0;
  return kind == Kind::deposit ? credit : debit;
}

KeyRecord key_record_of(const Transfer& made) {
  return {.claim = {.account = account_of_key(made.kind, made.debit, made.credit),
                    .key = made.key,
                    .kind = made.kind,
                    .other = made.kind == Kind::transfer ? made.credit : 0,
                    .amount = made.amount},
          .transfer = made.id,
          .reply = reply_of(made.kind, made.credit, made.debit_balance, made.credit_balance),
          .time = made.time,
          .reversed_by = made.reversed_by};
}

Posting opening_posting(const Opening& opening, AccountId id) {
  return {.kind = Kind::create,
          .credit = id,
          .amount = opening.balance,
          .credit_after = opening.balance,
          .claim = opening.claim,
          .reply = id,
          .time = opening.time};
}

std::string_view broken_rule_of_key(std::string_view key) {
  const bool fits = !key.empty() && key.size() <= longest_key;
  return fits ? "" : "a key has 1 to 64 characters";
}

std::string_view broken_rule(const Posting& posting) {
  if (!is_amount(posting.amount)) return "the amount is out of bounds";
  if ((posting.kind == Kind::reverse) != (posting.reverses != 0)) {
    return "a reverse, and no other kind, names the transfer that it reverses";
  }
  const std::string_view rule = broken_rule_of_accounts(posting);
  if (!rule.empty() || !posting.claim) return rule;
  return broken_rule_of_claim(posting);
}

std::string_view broken_rule(const Opening& opening) {
  if (opening.id < 0 || opening.id > largest_account) {
    return "the account's number is out of bounds";
  }
  if (opening.balance != 0 && !is_amount(opening.balance)) return "the balance is out of bounds";
  return opening.claim ? broken_rule_of_claim(opening_posting(opening, vault)) : "";
}

std::string_view broken_rule(const Posting& posting, const Transfer& original) {
  const bool swapped = posting.debit == original.credit && posting.credit == original.debit;
  if (!swapped) return "a reverse swaps the accounts of its original";
  if (posting.amount != original.amount) return "a reverse has the amount of its original";
  return "";
}

void refuse_if_broken(std::string_view rule) {
  if (!rule.empty()) throw Contradiction(std::string(rule));
}

const std::string& checked_path(const std::string& path) {
  if (path.find('\0') != std::string::npos) throw BadPath("the path contains a zero byte");
  if (path.empty() || path.front() != '/') throw BadPath("the path is not absolute");
  if (path.back() == '/') throw BadPath("the path names no file");
  return path;
}

}  // namespace ledger
