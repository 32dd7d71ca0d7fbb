#include "tests/prove/store/judge.hpp"

#include <algorithm>

#include "tests/bank/reply_text.hpp"
#include "tests/db/raw.hpp"

namespace prove {
namespace {

std::string lines(const char* columns, const char* table) {
  return "(SELECT coalesce(group_concat(" + std::string(columns) + ", ';'), '') FROM " + table +
         ")";
}

}  // namespace

Contents contents(const std::filesystem::path& file) {
  Raw raw(file);
  static const std::string books =
      "SELECT 'accounts ' || " +
      lines("id || ' ' || balance || ' ' || frozen || ' ' || pin_version", "accounts") +
      " || ' transfers ' || " +
      lines(
          "id || ' ' || kind || ' ' || debit || ' ' || credit || ' ' || amount || ' ' || "
          "debit_balance || ' ' || credit_balance || ' ' || ifnull(key, '-') || ' ' || "
          "ifnull(reverses, '-')",
          "transfers") +
      " || ' keys ' || " +
      lines(
          "account || ' ' || key || ' ' || outcome || ' ' || kind || ' ' || other || ' ' || "
          "amount || ' ' || ifnull(transfer, '-') || ' ' || reply",
          "keys");
  static const std::string attempts = "SELECT " + lines("account || ' ' || attempts", "pins");
  return {raw.ask(books), raw.ask(attempts)};
}

bool same(const Operation& operation, const Contents& one, const Contents& other) {
  return one.books == other.books && (operation.counts_attempts || one.attempts == other.attempts);
}

bool same_reply(const std::string& one, const std::string& other) {
  if (one.starts_with('-') && other.starts_with('-')) return rig::code(one) == rig::code(other);
  return one == other;
}

/// A verdict, and perhaps what the customer was told.
Told told_canceller(const Expected& expected, const Seen& seen) {
  const std::string verdict = rig::code(seen.reply);
  const std::string customer = seen.reply.substr(std::min(verdict.size(), seen.reply.size()));
  // Without a tombstone there is no cancel; a request that could not read has ended before.
  const bool customer_knows = customer == " -CANCELLED" || customer.empty();
  const bool refused = customer == " -STORE";
  if (verdict == rig::code(expected.reply) && (customer_knows || refused)) return Told::done;
  if (verdict == "+TOOLATE" && refused) return Told::nothing;
  if (verdict != "-UNKNOWN" || customer == " -CANCELLED") return Told::nonsense;
  return seen.stops > 0 ? Told::unknown : Told::nothing;
}

Told told(const Operation& operation, const Expected& expected, const Seen& seen) {
  if (operation.cancels) return told_canceller(expected, seen);
  const std::string code = rig::code(seen.reply);
  if (same_reply(seen.reply, expected.reply)) return Told::done;
  if (code == "-UNKNOWN" && seen.stops > 0) return Told::unknown;
  if (code == "-STORE" && seen.stops == 0) return Told::nothing;
  return Told::nonsense;
}

Findings judge(const Operation& operation, const Expected& expected, const Seen& seen) {
  Findings found;
  const auto require = [&](bool holds, const std::string& sentence) {
    if (!holds) found.push_back(sentence);
  };
  const Told what = told(operation, expected, seen);
  require(what != Told::nonsense,
          "every answer is the one of a machine that is well, or STORE, or "
          "UNKNOWN: it was " +
              seen.reply);
  require(seen.stops <= 1, "the server is asked to stop at most once");
  require(seen.stops == 0 || what != Told::done,
          "what is acknowledged while the server is asked to stop is known: " + seen.reply);
  require(seen.commit_failed == (what == Told::unknown),
          "not known is what a COMMIT has failed for, and all of that: " + seen.reply);
  require(!seen.writing_failed || what == Told::unknown,
          "what came of a COMMIT that could not write or sync is not known: " + seen.reply);
  if (what == Told::done) {
    require(same(operation, seen.there, expected.after),
            "what is acknowledged is there, once: " + seen.there.books + seen.there.attempts);
  } else {
    require(
        same(operation, seen.there, expected.before),
        "nobody sees what was refused or is not known: " + seen.there.books + seen.there.attempts);
  }
  return found;
}

}  // namespace prove
