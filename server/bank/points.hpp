#pragma once

/// The cancellation points of a transaction, in the order they are passed: the one table from which
/// the code, TXN SHOW, the holds, the tests and the documentation take them.
///
/// Columns: the name in the code; the name people type; whether a cancel is honoured there; the
/// step of the textbook's server it stands before (Nichols, Buttlar, Farrell: Pthreads Programming,
/// chapter 4; 0 where it has none); what the transaction holds; where it stands; which operations
/// pass it when nothing is refused. A refusal of any operation passes `answering` as well.

#include <array>
#include <optional>
#include <string_view>

#include "server/bank/operation.hpp"
#include "server/cancel/points.hpp"

// clang-format off
#define CANCELLATION_POINTS(X) \
  X(queued,     "queued",     true,  0,  "its buffer",             "waiting for a worker",                                 everything) \
  X(started,    "started",    true,  1,  "its buffer",             "the buffer's cleanup pushed, nothing else held",       everything) \
  X(checked,    "checked",    true,  6,  "its buffer",             "arguments parsed and checked",                         commands) \
  X(lock_wait,  "lock-wait",  true,  6,  "its buffer",             "about to wait, or waiting, for an account's mutex",    locking) \
  X(locked,     "locked",     true,  7,  "buffer, mutex",          "mutex held, nothing read",                             locking) \
  X(retrieved,  "retrieved",  true,  8,  "buffer, mutex",          "account read",                                         reading) \
  X(authorized, "authorized", true,  9,  "buffer, mutex",          "access checked",                                       reading) \
  X(scanning,   "scanning",   true,  9,  "buffer, snapshot",       "between batches of a long read",                       scans) \
  X(modified,   "modified",   true,  10, "buffer, mutex",          "new balance computed; the last chance",                writing) \
  X(answering,  "answering",  true,  12, "its buffer",             "a read or a refusal is ready, not yet sent",           answers) \
  X(committing, "committing", false, 10, "buffer, mutex",          "past the point of no return, before joining a batch",  writing) \
  X(committed,  "committed",  false, 11, "buffer, mutex",          "durable; mutex still held",                            writing) \
  X(unlocked,   "unlocked",   false, 12, "its buffer",             "mutexes released, not yet answered",                   writing) \
  X(replied,    "replied",    false, 13, "its buffer",             "reply handed to the connection, buffer not yet freed", everything)
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

#define ENUMERATOR(id, text, cancellable, step, held, stands, passed_by) id,
enum class Point : cancel::PointIndex { CANCELLATION_POINTS(ENUMERATOR) };
#undef ENUMERATOR

struct PointDescription {
  Point point;
  std::string_view name;
  bool cancellable;
  int step;
  std::string_view holds;
  std::string_view stands;
  OperationSet passed_by;
};

#define DESCRIPTION(id, text, cancellable, step, held, stands, passed_by) \
  PointDescription{Point::id, text, cancellable, step, held, stands, passing::passed_by},
inline constexpr auto point_descriptions = std::to_array({ CANCELLATION_POINTS(DESCRIPTION) });
#undef DESCRIPTION

constexpr const PointDescription& describe(Point point) {
  return point_descriptions[static_cast<std::size_t>(point)];
}
/// By the name people type, in any case.
std::optional<Point> point_named(std::string_view name);

/// Hands the table to cancel/. Before the first transaction; more than once does no harm.
void install_points();

/// The current transaction passes this point: what pthread_testcancel() is to the current thread.
/// Does not return if the transaction has been cancelled and the point is cancellable.
inline void point(Point passed) {
  cancel::pass(static_cast<cancel::PointIndex>(passed));
}

}  // namespace bank
