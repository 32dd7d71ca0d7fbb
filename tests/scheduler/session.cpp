#include "tests/scheduler/session.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace explore {
namespace {

/// The number of the calling thread in its session; -1 outside.
thread_local constinit int me = -1;

constexpr const char* uncancellable_cleanup = "cleanup runs with cancellation disabled";

}  // namespace

class Session::Locked {
 public:
  explicit Locked(Session& session) : session_(session) { pthread_mutex_lock(&session_.lock_); }
  ~Locked() { session_.unlock(); }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;

 private:
  Session& session_;
};

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

// ── Steps ───────────────────────────────────────────────────────────────────────────────────────

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
  if (me < 0) std::terminate();  // nobody would wake it
  const Locked lock(*this);
  Thread& self = threads_[static_cast<std::size_t>(me)];
  // Its cancel has been acted on already, and nothing else would end this wait: the run ends here.
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
  // Called by the creator if the system could not start the thread.
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
    hold(!stack.empty() && stack.back() == entry, "each cleanup entry runs once, in reverse order");
    std::erase(stack, entry);
  } else {
    // glibc does not change the state of a thread that it unwinds; wait() checks that one.
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

// ── Taking turns ────────────────────────────────────────────────────────────────────────────────

Object Session::number(const void* object) {
  return objects_.emplace(object, static_cast<Object>(objects_.size()) + 1).first->second;
}

void Session::note(const Step& step) {
  steps_.push_back(step);
}

void Session::do_at_once(What what, Touch touch) {
  note({me, what, {}, {touch}});
  chooser_.also(touch);
}

void Session::take_turn(const Step& next) {
  Thread& self = threads_[static_cast<std::size_t>(me)];
  if (self.in_part != seam::whole && !failure_) {
    failure_ = "a thread that locks a part makes no step before it unlocks";
  }
  self.next = next;
  choose_next();
  park(self);
}

void Session::park(Thread& thread) {
  // Every thread that parks here has cancellation disabled or is being cancelled already.
  while (running_ != &thread || stuck_) {
    unlock();
    while (sem_wait(&thread.turn) != 0) {
    }
    pthread_mutex_lock(&lock_);
  }
}

void Session::give_turn(Thread& thread) {
  running_ = &thread;
  if (thread.id != me) to_wake_ = &thread;
}

void Session::unlock() {
  Thread* const next = std::exchange(to_wake_, nullptr);
  pthread_mutex_unlock(&lock_);
  if (next != nullptr) sem_post(&next->turn);
}

/// Starts a new thread, which runs up to its first step. No other thread can see the difference.
bool Session::start_one_that_enters() {
  for (Thread& thread : threads_) {
    if (thread.entered || thread.left) continue;
    thread.entered = true;
    give_turn(thread);
    return true;
  }
  return false;
}

void Session::choose_next() {
  if (stuck_ || start_one_that_enters()) return;
  if (steps_.size() > options_.most_steps) return stop("the run has no end after so many steps");
  std::vector<Alternative> found = alternatives();
  while (found.empty()) {
    if (std::all_of(threads_.begin(), threads_.end(), [](const Thread& t) { return t.left; })) {
      going_ = false;
      running_ = nullptr;
      pthread_cond_broadcast(&over_);
      return;
    }
    const auto deadline = earliest_deadline();
    if (!deadline || *deadline <= now_) return stop("deadlock: " + who_waits());
    now_ = *deadline;
    found = alternatives();
  }
  std::size_t index = 0;
  ++choices_;
  try {
    index = chooser_.choose(found, blocked(found));
  } catch (const NotDeterministic& mistake) {
    return stop(std::string("the test is not deterministic: ") + mistake.what());
  }
  if (found.size() > 1) schedule_.push_back(index);
  carry_out(found[index]);
}

void Session::carry_out(const Alternative& chosen) {
  Thread& thread = threads_[static_cast<std::size_t>(chosen.step.thread)];
  thread.next = chosen.step;
  if (chosen.step.what == What::acquire || chosen.step.what == What::wake) {
    owners_[thread.mutex] = thread.id;
  }
  if (chosen.step.woken == seam::Woken::timed_out) now_ = std::max(now_, *thread.deadline);
  if (chosen.step.what == What::await_cancel || chosen.step.woken == seam::Woken::cancelled) {
    thread.struck = true;
  }
  note(chosen.step);
  last_ = &thread;
  give_turn(thread);
}

// ── Stuck runs ──────────────────────────────────────────────────────────────────────────────────

void Session::stop(std::string what) {
  if (!failure_) failure_ = std::move(what);
  stuck_ = true;
  pthread_cond_broadcast(&over_);
}

std::string Session::who_waits() const {
  std::string text;
  for (const Thread& thread : threads_) {
    if (thread.left) continue;
    if (!text.empty()) text += "; ";
    text += describe(thread.next, called());
    const auto owner = owners_.find(thread.mutex);
    if (owner != owners_.end()) {
      text += ", held by " + names_[static_cast<std::size_t>(owner->second)];
    }
    const auto last = std::find_if(steps_.rbegin(), steps_.rend(),
                                   [&](const Step& step) { return step.thread == thread.id; });
    if (last != steps_.rend()) text += ", after " + describe(*last, called());
  }
  return text;
}

}  // namespace explore
