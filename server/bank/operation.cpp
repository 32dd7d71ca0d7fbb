#include "server/bank/operation.hpp"

#include <array>

#include "server/bank/text.hpp"

namespace bank {
namespace {
constexpr std::array<std::string_view, 11> names = {"create",  "deposit", "withdraw", "transfer",
                                                    "balance", "history", "reverse",  "passwd",
                                                    "audit",   "backup",  "unknown"};
}  // namespace

std::string_view name(Operation operation) {
  return names[static_cast<std::size_t>(operation)];
}

std::optional<Operation> operation_named(std::string_view wanted) {
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    if (same_word(names[i], wanted)) return static_cast<Operation>(i);
  }
  return std::nullopt;
}

}  // namespace bank
