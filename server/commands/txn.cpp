#include "server/commands/txn.hpp"

#include <algorithm>

#include "server/bank/points.hpp"
#include "server/commands/countdown.hpp"
#include "server/commands/refusals.hpp"

namespace commands {
namespace {

using bank::Transaction;

std::string point_name(cancel::PointIndex point) {
  return std::string(bank::describe(static_cast<bank::Point>(point)).name);
}

std::string with_subject(std::string_view what, std::int64_t subject) {
  std::string text(what);
  if (subject != 0) text += " " + std::to_string(subject);
  return text;
}

std::string waiting_for(const cancel::RequestView& view) {
  return with_subject(view.waiting, view.waiting == "lock" ? view.waiting_for : 0);
}

bool is_enabled(cancel::Stage stage) {
  return stage == cancel::Stage::queued || stage == cancel::Stage::running;
}

Reply::Map describe(const Transaction& txn, const cancel::RequestView& view) {
  const bank::Arguments& asked = txn.arguments();
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
      {"waiting", Reply::bulk(waiting_for(view))},
      {"cancelability", Reply::bulk(is_enabled(view.stage) ? "enabled" : "disabled")},
      {"age_us", Reply::integer(view.age_us)},
  };
}

Reply if_held(bank::Bank& bank, cancel::Handle handle, bool (Transaction::*release_it)()) {
  const auto txn = bank.transactions.find(handle);
  if (!txn) return no_such_transaction(to_string(handle));
  if (((*txn).*release_it)()) return Reply::ok();
  return not_held(to_string(handle));
}

}  // namespace

Reply list(bank::Bank& bank) {
  Reply::Array rows;
  for (const auto& txn : bank.transactions.all()) {
    rows.push_back(Reply::map(describe(*txn, txn->view())));
  }
  return Reply::array(std::move(rows));
}

Reply show(bank::Bank& bank, cancel::Handle handle) {
  const auto txn = bank.transactions.find(handle);
  if (!txn) return no_such_transaction(to_string(handle));
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

Reply step(bank::Bank& bank, cancel::Handle handle) {
  return if_held(bank, handle, &Transaction::step);
}

Reply resume(bank::Bank& bank, cancel::Handle handle) {
  return if_held(bank, handle, &Transaction::resume);
}

void cancel_transaction(bank::Bank& bank, cancel::Handle handle, const std::string& text,
                        const OnVerdict& on_verdict) {
  const auto txn = bank.transactions.find(handle);
  if (!txn) return on_verdict(cancel::Verdict::invalid, nullptr);
  txn->cancel(order_of(bank::Reason::operator_, text),
              [on_verdict, txn](cancel::Verdict verdict) { on_verdict(verdict, txn); });
}

void cancel_all(bank::Bank& bank, std::optional<ledger::AccountId> account,
                const cancel::CancelOrder& order, std::function<void(std::int64_t)> on_all) {
  const auto countdown = std::make_shared<Countdown>(std::move(on_all));
  for_each_youngest_first(bank, account, [&](Transaction& txn) {
    countdown->expect();
    txn.cancel(order, [countdown](cancel::Verdict verdict) {
      countdown->arrive(verdict == cancel::Verdict::cancelled);
    });
  });
  countdown->arrive(false);
}

void for_each_youngest_first(bank::Bank& bank, std::optional<ledger::AccountId> account,
                             const std::function<void(Transaction&)>& act) {
  auto in_flight = bank.transactions.all();
  std::reverse(in_flight.begin(), in_flight.end());
  for (const auto& txn : in_flight) {
    if (!account || txn->touches(*account)) act(*txn);
  }
}

}  // namespace commands
