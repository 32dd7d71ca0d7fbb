#pragma once

/// What can be said of a change without looking at the ledger. Every implementation refuses by
/// these rules, so that what it stores is what its audit calls sound. Any thread may call them.

#include <string>
#include <string_view>

#include "db/ledger.hpp"

namespace ledger {

inline constexpr std::size_t longest_key = 64;  // characters, of one byte each

/// The account whose key a transfer of this kind is made under; 0 for a create.
AccountId account_of_key(Kind kind, AccountId debit, AccountId credit);

/// What is wrong with it, whatever the ledger holds; empty if nothing is.
std::string_view wrong_with_key(std::string_view key);
std::string_view wrong_with(const Posting& posting);
std::string_view wrong_with(const Opening& opening);
/// As above, given the transfer that the posting says it reverses.
std::string_view wrong_with(const Posting& posting, const Transfer& original);

/// The path, if a copy may go there as far as its text says: absolute, and it names a file. Throws
/// BadPath.
const std::string& checked_path(const std::string& path);

}  // namespace ledger
