#include "db/ledger.hpp"

#include <utility>

namespace ledger {

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::none:
      return "";
    case Kind::create:
      return "create";
    case Kind::deposit:
      return "deposit";
    case Kind::withdraw:
      return "withdraw";
    case Kind::transfer:
      return "transfer";
    case Kind::reverse:
      return "reverse";
  }
  return "";
}

KeyTaken::KeyTaken(KeyRecord row)
    : std::runtime_error("the key has a row already"), record(std::move(row)) {}

}  // namespace ledger
