#pragma once

/// The exceptions that a ledger throws. Each text is one line for people. Running out of memory has
/// no exception here: it ends the process.

#include <stdexcept>
#include <utility>

#include "db/records.hpp"

namespace ledger {

/// The key has a row already, and that row decides. Nothing was stored.
struct KeyTaken : std::runtime_error {
  explicit KeyTaken(KeyRecord row)
      : std::runtime_error("the key has a row already"), record(std::move(row)) {}
  KeyRecord record;
};

/// The store contradicts the request: an account does not exist, its balance is not the one that
/// the request computed from or would leave its bounds, or the transfer to be reversed does not
/// match or has been reversed. Nothing was stored.
struct Contradiction : std::logic_error {
  using std::logic_error::logic_error;
};

/// The machine failed (disk full, I/O error) before COMMIT. Nothing was stored.
struct StoreFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// COMMIT itself failed. Only the next opening of the ledger finds out whether it took place.
struct OutcomeUnknown : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The ledger cannot be opened for serving.
struct OpenFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// No copy can be written under this path.
struct BadPath : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

}  // namespace ledger
