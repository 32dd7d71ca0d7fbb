#include "server/bank/steps.hpp"
#include "server/bank/transactions.hpp"

namespace bank {

Reply unknown(Transaction& txn) {
  check(txn);  // refuses: a command nobody knows is a fault of the arguments
  throw Refusal("ERR", "unknown command");
}

}  // namespace bank
