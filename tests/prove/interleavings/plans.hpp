#pragma once

/// The plans to explore: combinations of requests and of actors that disturb them.

#include <vector>

#include "tests/prove/interleavings/plan.hpp"

namespace interleavings {

/// Two requests and a cancel: {withdraw, transfer, create, the same key again} × {by key, by
/// handle, deadline}, on the same account, both mechanisms.
std::vector<Plan> two_and_a_cancel();

/// All unordered pairs of {create, deposit, withdraw, transfer, balance, history, reverse, status,
/// cancel by key, cancel by handle, freeze, deadline, lost connection}: on the same, different,
/// overlapping and reversed accounts, with and without a shared key. Both mechanisms. If both
/// actors disturb and one of them needs a request, a withdrawal is added.
std::vector<Plan> pairs();

/// Requests that rest on a change which is not durable yet, which the disk may refuse, or whose
/// COMMIT may fail: a balance, a refusal, a repeat, a status, a dependent writer, a reversal, a
/// cancel, a freeze. Both mechanisms.
std::vector<Plan> early_release();

/// A withdrawal and two of {status, cancel by key, freeze}. Both mechanisms.
std::vector<Plan> triples();

/// Three requests or more, with several actors that disturb them. Both mechanisms.
std::vector<Plan> crowds();

/// Some of the above, over SQLite.
std::vector<Plan> on_sqlite();

}  // namespace interleavings
