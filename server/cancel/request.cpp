#include "server/cancel/request.hpp"

#include <utility>

namespace cancel {
namespace {

thread_local constinit Request* current_request = nullptr;
std::span<const PointInfo> point_table;

std::int64_t microseconds_since(seam::Time then) {
  return std::chrono::duration_cast<std::chrono::microseconds>(seam::now() - then).count();
}

/// The calling thread runs this request, until the scope ends.
class Running {
 public:
  explicit Running(Request* request) { current_request = request; }
  ~Running() { current_request = nullptr; }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
};

}  // namespace

void set_points(std::span<const PointInfo> table) {
  point_table = table;
}
std::span<const PointInfo> points() {
  return point_table;
}

void pass(PointIndex index) {
  if (current_request != nullptr) current_request->pass(index);
}

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::cancelled:
      return "CANCELLED";
    case Verdict::already:
      return "ALREADY";
    case Verdict::too_late:
      return "TOOLATE";
    case Verdict::invalid:
      return "INVALIDHANDLE";
    case Verdict::unknown:
      return "UNKNOWN";
  }
  return "";
}

Request::Request(const Options& options)
    : mechanism_(options.mechanism),
      watched_(options.watched),
      owner_(options.owner),
      admitted_(seam::now()) {
  note(0);
}

Request* Request::current() {
  return current_request;
}

// ── Cancelling ──────────────────────────────────────────────────────────────────────────────────

CancelAttempt Request::cancel(CancelOrder order, VerdictCallback on_verdict) {
  CancelAttempt struck{};
  std::optional<Verdict> verdict;
  {
    const seam::Lock lock(mutex_);
    struck = stage_.cancel();
    if (struck.won) {
      order_ = std::move(order);
      winner_ = std::move(on_verdict);
      if (struck.found == Stage::queued && held_) {
        held_ = false;
        waiting_ = {};
      }
      awake_.notify();
    } else if (struck.found == Stage::cancelling) {
      later_cancellers_.push_back(std::move(on_verdict));
    } else {
      verdict = struck.found == Stage::cancelled ? *told_ : Verdict::too_late;
    }
  }
  if (verdict) on_verdict(*verdict);
  if (struck.won && struck.found == Stage::queued) owner_->end_queued(shared_from_this());
  if (struck.won && struck.found == Stage::running && mechanism_ == Mechanism::posix) {
    owner_->deliver_cancel(shared_from_this());
  }
  return struck;
}

void Request::post_cancel() {
  const seam::Lock lock(mutex_);
  if (thread_) thread_->cancel();
}

void Request::die() {
  unwinding_ = true;
  if (mechanism_ == Mechanism::token) throw Cancelled{};
  // The swap to `cancelling` was won by somebody who has told the boss, or is about to.
  seam::await_cancel();
}

void Request::when_gone(Callback callback) {
  {
    const seam::Lock lock(mutex_);
    if (!gone_) {
      when_gone_.push_back(std::move(callback));
      return;
    }
  }
  callback();
}

// ── The request's own thread ────────────────────────────────────────────────────────────────────

bool Request::run(std::shared_ptr<seam::Thread> thread) {
  {
    const seam::Lock lock(mutex_);
    if (!stage_.start()) return false;
    thread_ = std::move(thread);
  }
  const Running running(this);
  const Cleanup finish(
      *this, {"finish request"},
      [](void* request) noexcept { static_cast<Request*>(request)->conclude(); }, this);
  try {
    perform();
    if (stage() == Stage::running || stage() == Stage::cancelling) close_to_cancels();
  } catch (const Cancelled&) {
    // Unwound up to here; `finish` does the rest.
  }
  return true;
}

void Request::end_unstarted() {
  const Cleanup finish(
      *this, {"finish request"},
      [](void* request) noexcept { static_cast<Request*>(request)->conclude(); }, this);
}

void Request::point_of_no_return() {
  if (!stage_.commit()) die();
}

void Request::close_to_cancels() {
  if (!stage_.answer()) die();
}

void Request::conclude() noexcept {
  if (stage() == Stage::cancelling) {
    const CancelOrder& order = *this->order();
    const Verdict first = order.final ? make_final(order) : Verdict::cancelled;
    const Verdict others = first == Verdict::cancelled ? Verdict::already : first;
    VerdictCallback winner;
    std::vector<VerdictCallback> later;
    {
      const seam::Lock lock(mutex_);
      winner = std::move(winner_);
      later.swap(later_cancellers_);
      told_ = others;
      stage_.end(Stage::cancelled);
    }
    tell_cancelled(order, first);
    if (winner) winner(first);
    for (const VerdictCallback& tell : later) tell(others);
  }
  remove();
  std::vector<Callback> callbacks;
  {
    const seam::Lock lock(mutex_);
    gone_ = true;
    thread_.reset();
    callbacks.swap(when_gone_);
  }
  for (const Callback& callback : callbacks) callback();
}

// ── Points and waits ────────────────────────────────────────────────────────────────────────────

void Request::pass(PointIndex point) {
  if (unwinding_) return;
  note(point);
  if (seam::scheduler != nullptr) seam::scheduler->remark(point_table[point].name);
  if (watched_ || stage_.glance() == Stage::cancelling) attend(point);
}

void Request::note(PointIndex point) {
  const std::uint8_t count = passed_count_.load(std::memory_order_relaxed);
  if (count == most_passed || (count > 0 && passed_[count - 1] == point)) return;
  passed_[count] = point;
  if (watched_) passed_at_us_[count] = microseconds_since(admitted_);
  passed_count_.store(static_cast<std::uint8_t>(count + 1), std::memory_order_release);
}

void Request::attend(PointIndex point) {
  const bool cancellable = point_table[point].cancellable;
  if (watched_) wait_while_held(point, cancellable);
  if (cancellable && stage() == Stage::cancelling) die();
}

namespace {
/// What TXN LIST shows while a request waits; taken back also when the wait is unwound.
template <typename Label>
class Shown {
 public:
  Shown(Label& label, Label value) : label_(label) { label_ = value; }
  ~Shown() { label_ = Label{}; }
  Shown(const Shown&) = delete;
  Shown& operator=(const Shown&) = delete;

 private:
  Label& label_;
};
}  // namespace

void Request::wait_while_held(PointIndex point, bool cancellable) {
  const seam::Lock lock(mutex_);
  if (!stop_at_next_ && !must_hold(point)) return;
  stop_at_next_ = false;
  const Shown<std::string_view> waiting(waiting_, "hold");
  const Shown<bool> held(held_, true);
  while (held_) {
    if (cancellable && mechanism_ == Mechanism::token && stage() == Stage::cancelling) return;
    wait_for_change(cancellable);
  }
}

void Request::wait_until(const std::function<bool()>& ready, std::string_view what,
                         std::int64_t subject) {
  {
    const seam::Lock lock(mutex_);
    const Shown<std::string_view> waiting(waiting_, what);
    waiting_for_ = subject;
    const bool cancellable = !unwinding_;  // cleanup may wait, and is never cancelled
    while (!ready()) {
      if (cancellable && mechanism_ == Mechanism::token && stage() == Stage::cancelling) break;
      wait_for_change(cancellable);
    }
    if (ready()) return;
  }
  die();
}

void Request::wait_for_change(bool cancellable) {
  // Under posix the window is where the cancel strikes; it must not be met with the mutex held by
  // somebody who waits for it elsewhere, so this is the only place where posix waits.
  if (cancellable && mechanism_ == Mechanism::posix) {
    unwinding_ = true;  // if the cancel strikes in here, the next thing that runs is cleanup
    awake_.wait_in_window(mutex_);
    unwinding_ = false;
  } else {
    awake_.wait(mutex_);
  }
}

void Request::wake(const std::function<void()>& change) {
  const seam::Lock lock(mutex_);
  change();
  awake_.notify();
}

void Request::now_waiting(std::string_view what, std::int64_t subject) {
  const seam::Lock lock(mutex_);
  waiting_ = what;
  waiting_for_ = subject;
}

// ── Holds ───────────────────────────────────────────────────────────────────────────────────────

bool Request::hold_if_asked(PointIndex queued) {
  const seam::Lock lock(mutex_);
  if (!watched_ || !must_hold(queued)) return false;
  held_ = true;
  waiting_ = "hold";
  return true;
}

bool Request::release_hold(bool one_step) {
  bool unstarted = false;
  {
    const seam::Lock lock(mutex_);
    // Not there yet: at least it will not stop at its next point any more.
    if (!one_step) stop_at_next_ = false;
    if (!held_) return false;
    held_ = false;
    stop_at_next_ = one_step;
    unstarted = stage() == Stage::queued;
    if (unstarted) waiting_ = {};
    awake_.notify();
  }
  if (unstarted) owner_->requeue(shared_from_this());
  return true;
}

// ── Questions ───────────────────────────────────────────────────────────────────────────────────

const CancelOrder* Request::order() const {
  const seam::Lock lock(mutex_);
  return order_ ? &*order_ : nullptr;
}

RequestView Request::view() const {
  RequestView view{};
  const std::uint8_t count = passed_count_.load(std::memory_order_acquire);
  view.passed.assign(passed_.begin(), passed_.begin() + count);
  if (watched_) view.passed_at_us.assign(passed_at_us_.begin(), passed_at_us_.begin() + count);
  view.point = view.passed.back();
  view.age_us = microseconds_since(admitted_);
  {
    const seam::Lock lock(mutex_);
    view.stage = stage();
    view.held = held_;
    view.waiting = waiting_;
    view.waiting_for = waiting_for_;
  }
  const seam::Lock lock(stack_mutex_);
  for (const Cleanup* entry = cleanup_; entry != nullptr; entry = entry->below()) {
    view.cleanup.push_back(entry->name());
  }
  return view;
}

}  // namespace cancel
