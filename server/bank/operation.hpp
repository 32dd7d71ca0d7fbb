#pragma once

/// The operations of the bank. An unknown command is a transaction, too: it can be listed, and
/// process_request refuses it.

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

/// "deposit".
std::string_view name(Operation operation);
/// Finds an operation by its name, in any case; `unknown` cannot be found.
std::optional<Operation> operation_named(std::string_view name);

/// DEPOSIT, WITHDRAW, TRANSFER and REVERSE: a frozen account refuses them.
constexpr bool moves_money(Operation operation) {
  return operation == Operation::deposit || operation == Operation::withdraw ||
         operation == Operation::transfer || operation == Operation::reverse;
}

/// AUDIT and BACKUP: long reads for the operator, each on a thread of its own.
constexpr bool is_scan(Operation operation) {
  return operation == Operation::audit || operation == Operation::backup;
}

/// A set of operations: the bits of the point table's last column.
using OperationSet = std::uint16_t;
template <typename... Operations>
constexpr OperationSet set_of(Operations... operations) {
  return static_cast<OperationSet>(((1U << static_cast<unsigned>(operations)) | ...));
}

}  // namespace bank
