#pragma once

/// The plans that are explored, made of the operations and of those who disturb them.

#include <vector>

#include "tests/prove/interleavings/plan.hpp"

namespace interleavings {

/// Two requests and a cancel: {withdraw, transfer, create, the same key again} × {by key, by
/// handle, deadline}, on the same account, both mechanisms.
std::vector<Plan> two_and_a_cancel();

/// All unordered pairs of {create, deposit, withdraw, transfer, balance, history, reverse, status,
/// cancel by key, cancel by handle, freeze, deadline, lost connection}: on the same, different,
/// overlapping and reversed accounts, with and without a shared key. Both mechanisms. Where both
/// disturb and one of them needs a request for it, that is a withdrawal.
std::vector<Plan> pairs();

/// A withdrawal, and two who could go without it: status, cancel by key, freeze. Both mechanisms.
std::vector<Plan> triples();

/// Three requests and more, with several who disturb them. Both mechanisms.
std::vector<Plan> crowds();

/// Some of the above, over SQLite.
std::vector<Plan> on_sqlite();

}  // namespace interleavings
