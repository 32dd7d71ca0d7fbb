#pragma once

/// The checks. Each prints one row to the report.

#include "tests/prove/store/report.hpp"

namespace prove {

/// Every operation of the bank, with every call of the file system failing in it.
void check_requests(Report& report);
void check_controls(Report& report);
/// A commit of several members, with every call failing in it.
void check_group(Report& report);
/// Opening a new ledger, an old one, one left by a crash and one of an earlier version; closing
/// one.
void check_opening(Report& report);
/// A loss of power at every sync of a random script.
void check_power(Report& report);

}  // namespace prove
