#include "server/commands/holds.hpp"

#include "server/bank/transaction.hpp"

namespace commands {

using bank::Reply;

Reply list_holds(bank::Bank& bank) {
  Reply::Array rows;
  for (const cancel::Hold& hold : bank.holds.list()) {
    const auto point = static_cast<bank::Point>(hold.point);
    const auto op = hold.kind ? name(static_cast<bank::Operation>(*hold.kind)) : "";
    rows.push_back(Reply::map({
        {"point", Reply::bulk(std::string(bank::describe(point).name))},
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
