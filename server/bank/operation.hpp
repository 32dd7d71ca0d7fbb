#pragma once

/// What a transaction is asked to do. Unknown commands are transactions too: they are listed, and
/// go through process_request's default branch.

#include <cstdint>
#include <optional>
#include <string_view>

namespace bank {

enum class Operation : std::uint8_t {
  create,
  deposit,
  withdraw,
  transfer,
  balance,
  history,
  reverse,
  passwd,
  audit,
  backup,
  unknown,
};

/// "deposit"; "unknown" for what is none.
std::string_view name(Operation operation);
/// By its name, in any case; nothing if there is no such transaction.
std::optional<Operation> operation_named(std::string_view name);

/// DEPOSIT, WITHDRAW, TRANSFER and REVERSE: a frozen account refuses them.
constexpr bool moves_money(Operation operation) {
  return operation == Operation::deposit || operation == Operation::withdraw ||
         operation == Operation::transfer || operation == Operation::reverse;
}

/// AUDIT and BACKUP: long reads of the operator's, each on a thread of its own.
constexpr bool is_scan(Operation operation) {
  return operation == Operation::audit || operation == Operation::backup;
}

/// A set of operations: the bits of the point table's last column.
using OperationSet = std::uint16_t;
constexpr OperationSet set_of(Operation operation) {
  return static_cast<OperationSet>(1U << static_cast<unsigned>(operation));
}
template <typename... Operations>
constexpr OperationSet set_of(Operation first, Operations... more) {
  return static_cast<OperationSet>(set_of(first) | set_of(more...));
}

}  // namespace bank
