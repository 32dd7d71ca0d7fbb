#include "tests/prove/store/judge.hpp"

#include <algorithm>

#include "tests/bank/reply_text.hpp"
#include "tests/db/raw.hpp"

namespace prove {
namespace {

std::string lines(const std::string& columns, const std::string& table) {
  return "(SELECT coalesce(group_concat(" + columns + ", ';'), '') FROM " + table + ")";
}

/// The place of an account among all: 1 for the first.
std::string place(const std::string& account) {
  return "(SELECT count(*) FROM accounts AS a WHERE a.id <= " + account + ")";
}

}  // namespace

std::string place_of(const std::filesystem::path& file, const std::string& number) {
  return Raw(file).ask("SELECT " + place("accounts.id") + " FROM accounts WHERE id = " + number);
}

Contents contents(const std::filesystem::path& file) {
  Raw raw(file);
  static const std::string books =
      "SELECT 'accounts ' || " +
      lines(place("accounts.id") +
                " || ' ' || balance || ' ' || frozen || ' ' || pin_version || ' ' || last",
            "accounts") +
      " || ' transfers ' || " +
      lines("id || ' ' || kind || ' ' || " + place("debit") + " || ' ' || " + place("credit") +
                " || ' ' || amount || ' ' || debit_balance || ' ' || credit_balance || ' ' || "
                "debit_previous || ' ' || credit_previous || ' ' || ifnull(key, '-') || ' ' || "
                "ifnull(reverses, '-')",
            "transfers") +
      " || ' keys ' || " +
      lines(place("account") + " || ' ' || key || ' ' || ifnull(transfer, '-') || ' ' || " +
                place("opened"),
            "keys");
  static const std::string attempts =
      "SELECT " + lines(place("account") + " || ' ' || attempts", "pins");
  return {raw.ask(books), raw.ask(attempts)};
}

bool same(const Operation& operation, const Contents& one, const Contents& other) {
  return one.books == other.books && (operation.counts_attempts || one.attempts == other.attempts);
}

bool same_reply(const std::string& one, const std::string& other) {
  if (one.starts_with('-') && other.starts_with('-')) return rig::code(one) == rig::code(other);
  return one == other;
}

namespace {

/// The reply is a verdict and, after a blank, the code of the customer's reply if there was a
/// request.
Outcome outcome_of_cancel(const Expected& expected, const Seen& seen) {
  const std::string verdict = rig::code(seen.reply);
  const std::string customer = seen.reply.substr(std::min(verdict.size(), seen.reply.size()));
  // Without a tombstone there is no cancel. A request that could not read has ended before.
  const bool cancelled = customer == " -CANCELLED" || customer.empty();
  const bool refused = customer == " -STORE";
  if (verdict == rig::code(expected.reply) && (cancelled || refused)) return Outcome::done;
  if (verdict == "+TOOLATE" && refused) return Outcome::nothing;
  if (verdict != "-UNKNOWN" || customer == " -CANCELLED") return Outcome::nonsense;
  return seen.stops > 0 ? Outcome::unknown : Outcome::nothing;
}

}  // namespace

Outcome outcome_in_reply(const Operation& operation, const Expected& expected, const Seen& seen) {
  if (operation.cancels) return outcome_of_cancel(expected, seen);
  const std::string code = rig::code(seen.reply);
  if (same_reply(seen.reply, expected.reply)) return Outcome::done;
  if (code == "-UNKNOWN" && seen.stops > 0) return Outcome::unknown;
  if (code == "-STORE" && seen.stops == 0) return Outcome::nothing;
  return Outcome::nonsense;
}

Findings judge(const Operation& operation, const Expected& expected, const Seen& seen) {
  Findings found;
  const auto require = [&](bool holds, const std::string& sentence) {
    if (!holds) found.push_back(sentence);
  };
  const Outcome outcome = outcome_in_reply(operation, expected, seen);
  require(outcome != Outcome::nonsense,
          "a reply is the one without faults, STORE or UNKNOWN; it was " + seen.reply);
  require(seen.stops <= 1, "the bank asks the server to stop at most once");
  require(seen.stops == 0 || outcome != Outcome::done,
          "a request is not acknowledged after a COMMIT has failed: " + seen.reply);
  require(seen.commit_failed == (outcome == Outcome::unknown),
          "an outcome is unknown if and only if a COMMIT failed: " + seen.reply);
  require(!seen.writing_failed || outcome == Outcome::unknown,
          "the outcome of a COMMIT that could not write or sync is unknown: " + seen.reply);
  const std::string contents = seen.contents.books + seen.contents.attempts;
  if (outcome == Outcome::done) {
    require(same(operation, seen.contents, expected.after),
            "an acknowledged change is stored, once: " + contents);
  } else {
    require(same(operation, seen.contents, expected.before),
            "no reader sees a change that was refused or is unknown: " + contents);
  }
  return found;
}

}  // namespace prove
