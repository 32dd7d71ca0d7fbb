#pragma once

/// The step of a unit of work that fails.

#include <doctest/doctest.h>

#include "db/ledger.hpp"

namespace steps {

/// Begins a unit, does the step in it, and requires that the step throws an Error and undoes the
/// unit. Returns the error.
template <typename Error, typename Step>
Error undone_by(ledger::Ledger& on, const Step& step) {
  const auto unit = on.begin();
  try {
    step(*unit);
  } catch (const Error& error) {
    CHECK_MESSAGE(!unit->alive(), "a unit lives on after one of its steps has failed");
    CHECK_THROWS_AS(unit->retrieve(1), ledger::StoreFailed);
    CHECK_THROWS_AS(unit->commit(), ledger::StoreFailed);
    return error;
  }
  FAIL("the step did not throw");
  throw;
}

}  // namespace steps
