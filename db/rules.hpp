#pragma once

/// The rules that can be checked without reading the ledger. Every implementation refuses a change
/// that breaks one, so that it stores only what its audit accepts. Any thread may call these
/// functions; none blocks.

#include <string>
#include <string_view>

#include "db/errors.hpp"
#include "db/records.hpp"

namespace ledger {

inline constexpr std::size_t longest_key = 64;  // characters of one byte each

/// Returns the account whose key a transfer of this kind is made under; 0 for a create.
AccountId account_of_key(Kind kind, AccountId debit, AccountId credit);

/// Returns the row of the key that the transfer was made under. The reply is the new balance of the
/// account of the key, or the new account.
KeyRecord key_record_of(const Transfer& made);

/// Returns the transfer that moves the opening balance to the new account `id`.
Posting opening_posting(const Opening& opening, AccountId id);

// Each returns the rule that its argument breaks, as a clause for people; empty if it breaks none.
std::string_view broken_rule(const Posting& posting);
std::string_view broken_rule(const Opening& opening);
std::string_view broken_rule_of_key(std::string_view key);
/// The same for a reverse, given the transfer that it reverses.
std::string_view broken_rule(const Posting& posting, const Transfer& original);

/// Throws Contradiction with the rule, unless it is empty.
void refuse_if_broken(std::string_view rule);

/// Returns the path if its text allows a copy: absolute, and it names a file. Throws BadPath.
const std::string& checked_path(const std::string& path);

}  // namespace ledger
