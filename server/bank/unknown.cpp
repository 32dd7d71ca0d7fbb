#include "server/bank/steps.hpp"
#include "server/bank/transactions.hpp"

namespace bank {

Reply unknown(Transaction& txn) {
  const Arguments& asked = check(txn);  // refuses: an unknown command is a fault of the arguments
  throw Refusal(refusals::unknown_command(std::string(name(asked.operation))));
}

}  // namespace bank
