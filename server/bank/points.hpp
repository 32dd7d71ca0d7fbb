#pragma once

/// The cancellation points of a transaction: first those that honour a cancel, then the others. An
/// operation passes its points of either group in this order. The code, TXN SHOW, the holds, the
/// tests and the documentation take them from this one table.
///
/// Columns: the name in the code; the name on the wire; whether a cancel is honoured there; the
/// step of the textbook's server that follows (Nichols, Buttlar, Farrell: Pthreads Programming,
/// chapter 4; 0 where there is none); the operations that pass it when nothing is refused (a
/// refusal before the store passes `answering`); the things it holds there; the work it has done.

#include <array>
#include <optional>
#include <string_view>

#include "server/bank/operation.hpp"
#include "server/cancel/points.hpp"

// clang-format off
#define CANCELLATION_POINTS(X) \
  X(queued, "queued", true, 0, everything, \
    "its buffer", "waiting for a worker") \
  X(started, "started", true, 1, everything, \
    "its buffer", "the buffer's cleanup pushed, nothing else held") \
  X(checked, "checked", true, 6, commands, \
    "its buffer", "arguments parsed and checked") \
  X(lock_wait, "lock-wait", true, 6, locking, \
    "its buffer", "about to wait, or waiting, for an account's mutex") \
  X(locked, "locked", true, 7, locking, \
    "buffer, mutex", "mutex held, nothing read") \
  X(retrieved, "retrieved", true, 8, reading, \
    "buffer, mutex (history: no mutex)", "account read") \
  X(authorized, "authorized", true, 9, reading, \
    "buffer, mutex (history: no mutex)", "access checked") \
  X(scanning, "scanning", true, 9, scans, \
    "buffer, snapshot (backup only)", "between parts of a long read") \
  X(modified, "modified", true, 10, writing, \
    "buffer, mutex (create: no mutex)", "new balance computed; the last chance") \
  X(answering, "answering", true, 12, answers, \
    "its buffer", "a read or a refusal is ready, not yet sent") \
  X(committing, "committing", false, 10, writing, \
    "buffer, mutex (create: no mutex)", "past the point of no return, not in the commit order") \
  X(ordered, "ordered", false, 11, writing, \
    "buffer, mutex (create: no mutex)", "in the commit order, perhaps not durable; mutex held") \
  X(unlocked, "unlocked", false, 12, writing, \
    "its buffer", "mutexes released, perhaps not durable") \
  X(committed, "committed", false, 12, writing, \
    "its buffer, no thread", "durable, not yet answered") \
  X(replied, "replied", false, 13, everything, \
    "its buffer, no thread", "reply handed to the connection, buffer not yet freed")
// clang-format on

namespace bank {

namespace passing {
using enum Operation;
inline constexpr OperationSet writing =
    set_of(create, deposit, withdraw, transfer, reverse, passwd);
inline constexpr OperationSet locking =
    set_of(deposit, withdraw, transfer, balance, reverse, passwd);
inline constexpr OperationSet reading = locking | set_of(history);
inline constexpr OperationSet scans = set_of(history, audit, backup);
inline constexpr OperationSet answers = scans | set_of(balance, unknown);
inline constexpr OperationSet commands = writing | reading | scans;
inline constexpr OperationSet everything = commands | set_of(unknown);
}  // namespace passing

#define ENUMERATOR(id, text, cancellable, step, passed_by, held, state) id,
enum class Point : cancel::PointIndex { CANCELLATION_POINTS(ENUMERATOR) };
#undef ENUMERATOR

struct PointDescription {
  Point point;
  std::string_view name;
  bool cancellable;
  int step;
  std::string_view holds;
  std::string_view state;
  OperationSet passed_by;
};

#define DESCRIPTION(id, text, cancellable, step, passed_by, held, state) \
  PointDescription{Point::id, text, cancellable, step, held, state, passing::passed_by},
inline constexpr auto point_descriptions = std::to_array({ CANCELLATION_POINTS(DESCRIPTION) });
#undef DESCRIPTION

constexpr const PointDescription& describe(Point point) {
  return point_descriptions[static_cast<std::size_t>(point)];
}
/// Finds a point by its name on the wire, in any case.
std::optional<Point> point_named(std::string_view name);

/// Gives the table to cancel/. Call it before the first transaction; more than once does no harm.
void install_points();

/// Passes the point: does to the current transaction what pthread_testcancel() does to the current
/// thread. Does not return if the transaction has been cancelled and the point is cancellable.
inline void point(Point passed) {
  cancel::pass(static_cast<cancel::PointIndex>(passed));
}

}  // namespace bank
