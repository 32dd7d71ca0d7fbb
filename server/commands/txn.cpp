#include "server/commands/txn.hpp"

#include <algorithm>

#include "server/bank/points.hpp"
#include "server/bank/refusals.hpp"
#include "server/bank/text.hpp"
#include "server/commands/countdown.hpp"

namespace commands {
namespace {

using bank::Reply;
using bank::Transaction;

std::string point_name(cancel::PointIndex point) {
  return std::string(bank::describe(static_cast<bank::Point>(point)).name);
}

std::string with_subject(std::string_view what, std::int64_t subject) {
  std::string text(what);
  if (subject != 0) text += " " + std::to_string(subject);
  return text;
}

Reply::Map describe(const Transaction& txn, const cancel::RequestView& view) {
  const bank::Arguments& asked = txn.arguments();
  const bool enabled = view.stage == cancel::Stage::queued || view.stage == cancel::Stage::running;
  const bool locks = view.waiting == "lock";
  return {
      {"handle", Reply::bulk(to_string(txn.handle()))},
      {"op", Reply::bulk(std::string(name(asked.operation)))},
      {"account", Reply::integer(asked.account)},
      {"to", Reply::integer(asked.to)},
      {"key", Reply::bulk(asked.key)},
      {"client", Reply::bulk(std::to_string(txn.client()))},
      {"user", Reply::bulk(txn.user())},
      {"stage", Reply::bulk(std::string(name(view.stage)))},
      {"point", Reply::bulk(point_name(view.point))},
      {"waiting", Reply::bulk(with_subject(view.waiting, locks ? view.waiting_for : 0))},
      {"cancelability", Reply::bulk(enabled ? "enabled" : "disabled")},
      {"age_us", Reply::integer(view.age_us)},
  };
}

/// Null if the text is not a handle, or its transaction is not in flight.
std::shared_ptr<Transaction> find(bank::Bank& bank, const std::string& text) {
  const auto handle = cancel::parse_handle(text);
  return handle ? bank.transactions.find(*handle) : nullptr;
}

Reply no_such_transaction(const std::string& text) {
  return Reply::error(bank::Code::invalid_handle, "no transaction '" + bank::one_line(text, 32) +
                                                      "' is in flight; see TXN LIST");
}

Reply if_held(bank::Bank& bank, const std::string& handle, bool (Transaction::*release)()) {
  const auto txn = find(bank, handle);
  if (!txn) return no_such_transaction(handle);
  if (((*txn).*release)()) return Reply::ok();
  return bank::refusals::malformed("transaction " + to_string(txn->handle()) + " is not held");
}

}  // namespace

Reply list(bank::Bank& bank) {
  Reply::Array rows;
  for (const auto& txn : bank.transactions.all()) {
    rows.push_back(Reply::map(describe(*txn, txn->view())));
  }
  return Reply::array(std::move(rows));
}

Reply show(bank::Bank& bank, const std::string& handle) {
  const auto txn = find(bank, handle);
  if (!txn) return no_such_transaction(handle);
  const cancel::RequestView view = txn->view();
  Reply::Array locks;
  Reply::Array cleanup;
  Reply::Array passed;
  Reply::Array passed_at;
  for (const cancel::CleanupName& entry : view.cleanup) {
    cleanup.push_back(Reply::bulk(with_subject(entry.what, entry.subject)));
    if (entry.holds_lock) locks.push_back(Reply::integer(entry.subject));
  }
  for (const cancel::PointIndex point : view.passed)
    passed.push_back(Reply::bulk(point_name(point)));
  for (const std::int64_t at : view.passed_at_us) passed_at.push_back(Reply::integer(at));
  Reply::Map fields = describe(*txn, view);
  fields.emplace_back("locks", Reply::array(std::move(locks)));
  fields.emplace_back("cleanup", Reply::array(std::move(cleanup)));
  fields.emplace_back("passed", Reply::array(std::move(passed)));
  if (bank.options.teaching) fields.emplace_back("passed_us", Reply::array(std::move(passed_at)));
  return Reply::map(std::move(fields));
}

Reply step(bank::Bank& bank, const std::string& handle) {
  return if_held(bank, handle, &Transaction::step);
}

Reply resume(bank::Bank& bank, const std::string& handle) {
  return if_held(bank, handle, &Transaction::resume);
}

void cancel_transaction(bank::Bank& bank, const std::string& handle, const std::string& reason,
                        const OnVerdict& on_verdict) {
  const auto txn = find(bank, handle);
  if (!txn) return on_verdict(cancel::Verdict::invalid, nullptr);
  txn->cancel(order_of(bank::Reason::operator_, reason),
              [on_verdict, txn](cancel::Verdict verdict) { on_verdict(verdict, txn); });
}

void cancel_all(bank::Bank& bank, std::optional<ledger::AccountId> account,
                const cancel::CancelOrder& order, const OnVerdict& on_verdict,
                std::function<void(std::int64_t)> on_all) {
  const auto countdown = std::make_shared<Countdown>(std::move(on_all));
  for_each_youngest_first(bank, account, [&](const std::shared_ptr<Transaction>& txn) {
    countdown->expect();
    txn->cancel(order, [countdown, on_verdict, txn](cancel::Verdict verdict) {
      on_verdict(verdict, txn);
      countdown->arrive(verdict == cancel::Verdict::cancelled);
    });
  });
  countdown->arrive(false);
}

void for_each_youngest_first(bank::Bank& bank, std::optional<ledger::AccountId> account,
                             const std::function<void(const std::shared_ptr<Transaction>&)>& act) {
  auto in_flight = bank.transactions.all();
  std::reverse(in_flight.begin(), in_flight.end());
  for (const auto& txn : in_flight) {
    if (!account || txn->touches(*account)) act(txn);
  }
}

Reply list_holds(bank::Bank& bank) {
  Reply::Array rows;
  for (const cancel::Hold& hold : bank.holds.list()) {
    const auto op = hold.kind ? name(static_cast<bank::Operation>(*hold.kind)) : "";
    rows.push_back(Reply::map({
        {"point", Reply::bulk(point_name(hold.point))},
        {"account", Reply::integer(hold.subject.value_or(0))},
        {"op", Reply::bulk(std::string(op))},
    }));
  }
  return Reply::array(std::move(rows));
}

void clear_holds(bank::Bank& bank) {
  bank.holds.clear();
  for (const auto& txn : bank.transactions.all()) txn->resume();
}

}  // namespace commands
