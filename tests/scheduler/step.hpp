#pragma once

/// One step of one thread: what it did, and what it touched.
///
/// Two steps conflict if their order can matter: they are of the same thread, or both touch an
/// object and one changes it (two additions do not conflict). Swapping neighbours that do not
/// conflict leads to the same state. Of all orders that differ only by such swaps, the drivers run
/// one. (Mazurkiewicz traces)

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/seam/seam.hpp"

namespace explore {

enum class What : std::uint8_t {
  // Steps before which the scheduler chooses.
  access,        // a shared atomic
  acquire,       // a mutex
  wake,          // the end of a wait: notified, timed out or cancelled; owns the mutex again
  await_cancel,  // a cancel of this thread has been posted
  cancel,        // posts a cancel of another thread
  join,          // another thread has left
  await,         // an event has happened
  // Steps that follow without a choice: they commute with any earlier step of another thread,
  // because
  // the mutex is held or because no other thread can see them yet.
  enter,
  release,
  wait,
  notify,
  create,
  leave,
  happen,
  remark,  // not a step: the place that the thread has reached
};

/// Objects are numbered from 1 in the order in which a run first meets them; threads and their
/// ends, as objects, are negative. 0 means no object.
using Object = int;
constexpr Object thread_object(int thread) {
  return -2 * thread - 1;
}
/// An object of its own: a cancel commutes with the end of its thread.
constexpr Object end_object(int thread) {
  return -2 * thread - 2;
}
constexpr int thread_of(Object negative) {
  return (-negative - 1) / 2;
}

struct Touch {
  Object object = 0;
  seam::Access how = seam::Access::read;
  seam::Part part = seam::whole;  // of the object
};

/// A step that touches more objects conflicts with every other step.
inline constexpr std::size_t most_touches = 6;

struct Step {
  int thread = 0;
  What what = What::enter;
  seam::Woken woken = seam::Woken::notified;  // of a wake
  std::array<Touch, most_touches> touches{};
  bool everything = false;   // time passes: conflicts with any step
  std::string_view place{};  // of a remark
};

bool conflict(const Step& a, const Step& b);
/// As above, for a step of another thread that touches nothing else.
bool conflict(const Touch& a, const Step& b);

/// A step that a thread could make next.
struct Alternative {
  Step step;
  bool preempts = false;  // the thread that ran last could have gone on
};

/// The names of threads and objects; an object without a name is shown by its number.
struct Names {
  const std::vector<std::string>& threads;
  const std::map<Object, std::string>& objects;
};
/// Returns "writer: acquire #3".
std::string describe(const Step& step, const Names& names);
/// Returns a table: a column for each thread, a row for each step, in their order.
std::string columns(const std::vector<Step>& steps, const Names& names);

}  // namespace explore
