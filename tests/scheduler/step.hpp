#pragma once

/// One step of one thread, as the scheduler saw it: what it did, and what it touched.
///
/// Two steps conflict if their order can matter: same thread, or one object touched by both and
/// changed by one (two who only add to it do not). Swapping neighbours that do not conflict leads
/// to the same end, so that of all the orders that differ only by such swaps, one need be run.
/// (Mazurkiewicz traces; the drivers leave out the rest.)

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
  // Steps that follow without a choice: they move left past any step of another thread, because
  // the mutex is held, or because nobody can see them yet.
  enter,
  release,
  wait,
  notify,
  create,
  leave,
  happen,
  remark,  // no step at all: where the thread has come to
};

/// Objects are numbered from 1 in the order in which a run first meets them; threads and their
/// ends, as objects, are negative. 0 is none.
using Object = int;
constexpr Object thread_object(int thread) {
  return -2 * thread - 1;
}
/// Apart from the thread: its end may come before or after a cancel of it, all the same.
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

/// A step that would touch more conflicts with every other.
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
/// Of a step of another thread's that touches nothing else.
bool conflict(const Touch& a, const Step& b);

/// What a thread could do next, if it were chosen.
struct Alternative {
  Step step;
  bool preempts = false;  // the thread that ran last could have gone on
};

/// What threads and objects are called; an object without a name goes by its number.
struct Names {
  const std::vector<std::string>& threads;
  const std::map<Object, std::string>& objects;
};
/// "writer: acquire #3"
std::string describe(const Step& step, const Names& names);
/// A table: a column for each thread, a row for each step, in their order.
std::string columns(const std::vector<Step>& steps, const Names& names);

}  // namespace explore
