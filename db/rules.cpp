#include "db/rules.hpp"

namespace ledger {
namespace {

bool is_amount(Cents amount) {
  return amount >= 1 && amount <= largest_amount;
}

std::string_view wrong_with_accounts(const Posting& posting) {
  if (posting.debit < 0 || posting.credit < 0) return "no account has a negative number";
  if (posting.debit == posting.credit) return "a transfer is between two accounts";
  const bool from_vault = posting.debit == vault;
  const bool to_vault = posting.credit == vault;
  switch (posting.kind) {
    case Kind::create:
    case Kind::deposit:
      return from_vault ? "" : "the money comes from the vault";
    case Kind::withdraw:
      return to_vault ? "" : "the money goes to the vault";
    case Kind::transfer:
      return from_vault || to_vault ? "the vault takes no part in it" : "";
    case Kind::reverse:
      return "";
    case Kind::none:
      break;
  }
  return "a transfer is of some kind";
}

std::string_view wrong_with_claim(const Posting& posting) {
  const Claim& claim = *posting.claim;
  const std::string_view wrong = wrong_with_key(claim.key);
  if (!wrong.empty()) return wrong;
  if (posting.kind == Kind::reverse) return "a reverse claims no key";
  const AccountId other = posting.kind == Kind::transfer ? posting.credit : 0;
  const AccountId account = account_of_key(posting.kind, posting.debit, posting.credit);
  const bool agrees = claim.account == account && claim.kind == posting.kind &&
                      claim.other == other && claim.amount == posting.amount;
  return agrees ? "" : "the claim is for something else";
}

}  // namespace

AccountId account_of_key(Kind kind, AccountId debit, AccountId credit) {
  if (kind == Kind::create) return 0;
  return kind == Kind::deposit ? credit : debit;
}

std::string_view wrong_with_key(std::string_view key) {
  const bool fits = !key.empty() && key.size() <= longest_key;
  return fits ? "" : "a key has 1 to 64 characters";
}

std::string_view wrong_with(const Posting& posting) {
  if (!is_amount(posting.amount)) return "the amount is out of bounds";
  if ((posting.kind == Kind::reverse) != (posting.reverses != 0)) {
    return "a reverse, and nothing else, names what it undoes";
  }
  const std::string_view wrong = wrong_with_accounts(posting);
  if (!wrong.empty() || !posting.claim) return wrong;
  return wrong_with_claim(posting);
}

std::string_view wrong_with(const Opening& opening) {
  if (opening.balance != 0 && !is_amount(opening.balance)) return "the balance is out of bounds";
  if (!opening.claim) return "";
  const Claim& claim = *opening.claim;
  const std::string_view wrong = wrong_with_key(claim.key);
  if (!wrong.empty()) return wrong;
  const bool agrees = claim.account == 0 && claim.kind == Kind::create && claim.other == 0 &&
                      claim.amount == opening.balance;
  return agrees ? "" : "the claim is for something else";
}

std::string_view wrong_with(const Posting& posting, const Transfer& original) {
  const bool swapped = posting.debit == original.credit && posting.credit == original.debit;
  if (!swapped) return "it does not swap the accounts of what it undoes";
  if (posting.amount != original.amount) return "its amount is not that of what it undoes";
  return "";
}

const std::string& checked_path(const std::string& path) {
  if (path.find('\0') != std::string::npos) throw BadPath("the path contains a zero byte");
  if (path.empty() || path.front() != '/') throw BadPath("the path is not absolute");
  if (path.back() == '/') throw BadPath("the path names no file");
  return path;
}

}  // namespace ledger
