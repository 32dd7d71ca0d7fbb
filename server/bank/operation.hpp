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

/// Returns its name in lower case.
std::string_view name(Operation operation);
/// Returns the operation of this name, in any case of its letters, except `unknown`.
std::optional<Operation> operation_named(std::string_view name);

/// Whether it is DEPOSIT, WITHDRAW, TRANSFER or REVERSE: a frozen account refuses these.
constexpr bool moves_money(Operation operation) {
  return operation == Operation::deposit || operation == Operation::withdraw ||
         operation == Operation::transfer || operation == Operation::reverse;
}

/// Whether it is AUDIT or BACKUP: long reads for the operator, each on a thread of its own.
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
