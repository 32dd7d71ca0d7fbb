#pragma once

/// The checks, each with rows of its own.

#include "tests/prove/store/report.hpp"

namespace prove {

/// Every operation of the bank, every call of the machine failing in it.
void check_requests(Report& report);
void check_controls(Report& report);
/// A commit of several members.
void check_group(Report& report);
/// Opening a new ledger, an old one, one left by a crash, one of an earlier version; closing one.
void check_opening(Report& report);
/// The power goes off at every sync.
void check_power(Report& report);

}  // namespace prove
