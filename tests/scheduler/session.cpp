#include "tests/scheduler/session.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace explore {
namespace {

constexpr const char* uncancellable_cleanup = "cleanup runs with cancellation disabled";

}  // namespace

Session::Session(const Options& options, Chooser& chooser) : options_(options), chooser_(chooser) {}

Session::~Session() {
  for (Thread& thread : threads_) sem_destroy(&thread.turn);
  pthread_cond_destroy(&over_);
  pthread_mutex_destroy(&lock_);
}

// ── Run and driver ──────────────────────────────────────────────────────────────────────────────

void Session::go() {
  const Locked lock(*this);
  going_ = true;
  choose_next();
  unlock();
  pthread_mutex_lock(&lock_);
  // The body of a stuck run stays here for ever.
  while (going_ || stuck_) pthread_cond_wait(&over_, &lock_);
}

void Session::fail(std::string_view what) {
  const Locked lock(*this);
  if (!failure_) failure_ = what;
}

void Session::body_done() {
  const Locked lock(*this);
  body_done_ = true;
  pthread_cond_broadcast(&over_);
}

bool Session::wait_for_body() {
  const Locked lock(*this);
  while (!body_done_ && !stuck_) pthread_cond_wait(&over_, &lock_);
  return !stuck_;
}

std::string Session::trace() const {
  std::string text;
  for (const Step& step : steps_) text += describe(step, called()) + "\n";
  return text;
}

std::string Session::columns() const {
  return explore::columns(steps_, called());
}

// ── The steps of the threads ─────────────────────────────────────────────────────────────────

void Session::access(const void* object, seam::Access how) {
  if (me < 0) return;
  const Locked lock(*this);
  take_turn({me, What::access, {}, {Touch{number(object), how}}});
}

void Session::access_all(std::span<const void* const> objects, seam::Access how) {
  if (me < 0) return;
  const Locked lock(*this);
  Step step{me, What::access};
  step.everything = objects.size() > step.touches.size();
  for (std::size_t i = 0; i < objects.size() && !step.everything; ++i) {
    step.touches[i] = {number(objects[i]), how};
  }
  take_turn(step);
}

void Session::acquire(const void* mutex, seam::Part part) {
  if (me < 0) return;
  const Locked lock(*this);
  Thread& self = threads_[static_cast<std::size_t>(me)];
  self.mutex = mutex;
  take_turn({me, What::acquire, {}, {Touch{number(mutex), seam::Access::update, part}}});
  if (part != seam::whole) self.in_part = part;
}

void Session::release(const void* mutex) {
  if (me < 0) return;
  const Locked lock(*this);
  owners_.erase(mutex);
  const seam::Part part =
      std::exchange(threads_[static_cast<std::size_t>(me)].in_part, seam::whole);
  do_at_once(What::release, {number(mutex), seam::Access::update, part});
}

seam::Woken Session::wait(const void* condition, const void* mutex, bool cancellable,
                          const seam::Time* deadline) {
  if (me < 0) std::terminate();  // no thread would wake it
  const Locked lock(*this);
  Thread& self = threads_[static_cast<std::size_t>(me)];
  // The cancel has struck already, and nothing else would end this wait: the run ends here.
  if (cancellable && self.struck) stop(uncancellable_cleanup);
  self.condition = condition;
  self.mutex = mutex;
  self.cancellable = cancellable;
  self.deadline.reset();
  if (deadline != nullptr) self.deadline = *deadline;
  self.notified = false;
  do_at_once(What::wait, {number(condition), seam::Access::update});
  owners_.erase(mutex);
  const Touch own{cancellable ? thread_object(me) : 0, seam::Access::read};
  take_turn({me,
             What::wake,
             {},
             {Touch{number(condition), seam::Access::update},
              Touch{number(mutex), seam::Access::update}, own}});
  self.condition = nullptr;
  return self.next.woken;
}

void Session::notify(const void* condition) {
  if (me < 0) return;
  const Locked lock(*this);
  do_at_once(What::notify, {number(condition), seam::Access::update});
  for (Thread& thread : threads_) {
    if (!thread.left && thread.condition == condition) thread.notified = true;
  }
}

void Session::await_cancel() {
  if (me < 0) return;
  const Locked lock(*this);
  take_turn({me, What::await_cancel, {}, {Touch{thread_object(me), seam::Access::read}}});
}

std::uint64_t Session::create() {
  const Locked lock(*this);
  const int id = static_cast<int>(threads_.size());
  threads_.emplace_back().id = id;
  sem_init(&threads_.back().turn, 0, 0);
  if (!next_name_.empty()) {
    names_.push_back(std::exchange(next_name_, {}));
  } else {
    const std::string parent = me < 0 ? "body" : names_[static_cast<std::size_t>(me)];
    names_.push_back(parent + "/" + std::to_string(id));
  }
  if (me >= 0) do_at_once(What::create, {thread_object(id), seam::Access::write});
  return static_cast<std::uint64_t>(id);
}

void Session::enter(std::uint64_t token) {
  const Locked lock(*this);
  Thread& self = of(token);
  me = self.id;
  park(self);
  note({me, What::enter});
}

void Session::leave(std::uint64_t token) {
  const Locked lock(*this);
  Thread& leaver = of(token);
  leaver.left = true;
  // The system refused the thread: its creator reports that, and goes on.
  if (me != leaver.id) return;
  do_at_once(What::leave, {end_object(me), seam::Access::update});
  me = -1;
  choose_next();
}

void Session::join(std::uint64_t token) {
  if (me < 0) return;
  const Locked lock(*this);
  Thread& other = of(token);
  threads_[static_cast<std::size_t>(me)].other = &other;
  take_turn({me, What::join, {}, {Touch{end_object(other.id), seam::Access::read}}});
}

void Session::cancel(std::uint64_t token) {
  Thread& other = of(token);
  if (me >= 0) {
    const Locked lock(*this);
    take_turn({me, What::cancel, {}, {Touch{thread_object(other.id), seam::Access::update}}});
  }
  const Locked lock(*this);
  other.cancelled = true;
}

void Session::happen(const void* event) {
  const Locked lock(*this);
  happened_.insert(event);
  if (me >= 0) do_at_once(What::happen, {number(event), seam::Access::update});
}

void Session::await(const void* event) {
  const Locked lock(*this);
  threads_[static_cast<std::size_t>(me)].event = event;
  take_turn({me, What::await, {}, {Touch{number(event), seam::Access::read}}});
}

void Session::remark(std::string_view place) {
  if (me < 0) return;
  const Locked lock(*this);
  Step step{me, What::remark};
  step.place = place;
  note(step);
}

void Session::name_object(const void* object, std::string name) {
  const Locked lock(*this);
  object_names_.insert_or_assign(number(object), std::move(name));
}

void Session::cleanup(const void* request, const void* entry, Cleaning what) {
  const Locked lock(*this);
  const auto hold = [this](bool holds, const char* rule) {
    if (!holds && !failure_) failure_ = rule;
  };
  std::vector<const void*>& stack = cleanups_[request];
  if (what == Cleaning::pushed) {
    stack.push_back(entry);
  } else if (what == Cleaning::popped) {
    hold(!stack.empty() && stack.back() == entry,
         "cleanup entries run once each, in reverse order");
    std::erase(stack, entry);
  } else {
    // glibc leaves the state of an unwinding thread unchanged; a second strike shows in wait().
    const bool struck = me >= 0 && threads_[static_cast<std::size_t>(me)].struck;
    int state = PTHREAD_CANCEL_DISABLE;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    hold(struck || state == PTHREAD_CANCEL_DISABLE, uncancellable_cleanup);
  }
}

std::size_t Session::uncleaned() const {
  std::size_t count = 0;
  for (const auto& [request, stack] : cleanups_) count += stack.size();
  return count;
}

}  // namespace explore
