#include <algorithm>
#include <limits>

#include "server/bank/steps.hpp"
#include "server/bank/text.hpp"
#include "server/bank/transactions.hpp"

namespace bank {
namespace {

constexpr std::int64_t rows_at_once = 100;

Reply row_of(const ledger::Transfer& transfer, ledger::AccountId account) {
  const bool debited = transfer.debit == account;
  return Reply::map({
      {"id", Reply::integer(transfer.id)},
      {"kind", Reply::bulk(std::string(name(transfer.kind)))},
      {"debit", Reply::integer(transfer.debit)},
      {"credit", Reply::integer(transfer.credit)},
      {"amount", Reply::integer(transfer.amount)},
      {"balance", Reply::integer(debited ? transfer.debit_balance : transfer.credit_balance)},
      {"key", Reply::bulk(transfer.key)},
      {"time", Reply::bulk(rfc3339(transfer.time))},
      {"reverses", Reply::integer(transfer.reverses)},
      {"reversed_by", Reply::integer(transfer.reversed_by)},
  });
}

}  // namespace

/// HISTORY account [LIMIT n] [BEFORE id]. Takes no mutex: transfers are only ever appended, so rows
/// cannot change between the reads.
Reply history(Transaction& txn) {
  const Arguments& asked = check(txn);
  point(Point::checked);
  const ledger::Account account = retrieve_durable(txn, asked.account);
  point(Point::retrieved);
  authorize(txn, account);
  point(Point::authorized);
  Reply::Array rows;
  ledger::TransferId before =
      asked.before != 0 ? asked.before : std::numeric_limits<ledger::TransferId>::max();
  for (std::int64_t missing = asked.limit; missing > 0;) {
    point(Point::scanning);
    const std::int64_t wanted = std::min(missing, rows_at_once);
    const auto found = txn.bank().ledger.history(account.id, before, wanted);
    for (const ledger::Transfer& transfer : found) rows.push_back(row_of(transfer, account.id));
    if (static_cast<std::int64_t>(found.size()) < wanted) break;
    missing -= wanted;
    before = found.back().id;
  }
  if (txn.bank().commits.closed() && txn.bank().accounts.is_in_doubt(account.id)) {
    throw Refusal(refusals::unknown_outcome());  // a transfer may be missing
  }
  return Reply::array(std::move(rows));
}

}  // namespace bank
