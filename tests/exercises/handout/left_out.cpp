/// The bodies of the transactions that are left out here: each refuses. They are weak, so that the
/// body that an exercise supplies takes the place of its namesake.

#include "server/bank/refusals.hpp"
#include "server/bank/transactions.hpp"

namespace bank {
namespace {

Reply left_out(const Transaction& txn) {
  throw Refusal(refusals::unknown_command(std::string(name(txn.arguments().operation))));
}

}  // namespace

#define LEFT_OUT(body)                                 \
  __attribute__((weak)) Reply body(Transaction& txn) { \
    return left_out(txn);                              \
  }

// clang-format off
LEFT_OUT(create)
LEFT_OUT(deposit)
LEFT_OUT(withdraw)
LEFT_OUT(transfer)
LEFT_OUT(history)
LEFT_OUT(reverse)
LEFT_OUT(passwd)
LEFT_OUT(audit)
LEFT_OUT(backup)
// clang-format on

}  // namespace bank
