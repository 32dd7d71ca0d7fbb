#include "server/cancel/request.hpp"

#include <utility>

#include "server/seam/require.hpp"
#include "server/seam/scope_exit.hpp"

namespace cancel {
namespace {

thread_local constinit Request* current_request = nullptr;
std::span<const PointInfo> point_table;

}  // namespace

// ── Points ──────────────────────────────────────────────────────────────────────────────────────

void set_points(std::span<const PointInfo> table) {
  point_table = table;
}
std::span<const PointInfo> points() {
  return point_table;
}

void pass(PointIndex index) {
  if (current_request != nullptr) current_request->pass(index);
}

void Request::pass(PointIndex point) {
  if constexpr (without_cancellation) return;
  require_no_push_due();
  if (unwinding_.begun()) return;
  trace_.note(point);
  const auto& [name, cancellable] = point_table[point];
  if (seam::scheduler != nullptr) seam::scheduler->remark(name);
  if (watched_) {
    show({Occurrence::Kind::point, name});
    const auto held = [this] { show_waits("hold", 0); };
    suspension_.hold_if([&] { return must_hold(point); }, held, cancellable);
  }
  if (cancellable && outcome_.stage().glance() == Stage::cancelling) unwinding_.unwind();
}

bool Request::parks_at(PointIndex point) {
  if constexpr (without_cancellation) return false;
  trace_.note(point);
  const std::string_view name = point_table[point].name;
  if (seam::scheduler != nullptr) seam::scheduler->remark(name);
  if (!watched_) return false;
  show({Occurrence::Kind::point, name});
  const auto held = [this] { show_waits("hold", 0); };
  return suspension_.park_if([&] { return must_hold(point); }, held);
}

/// A cancel at a point between a grant and its push would leave the thing granted for ever.
void Request::require_no_push_due() const {
  seam::require(!cleanup_.push_due(), "no cancellation point lies between a grant and its push");
}

// ── Cancelling ──────────────────────────────────────────────────────────────────────────────────

Request::Request(const Options& options)
    : watched_(options.watched),
      owner_(options.owner),
      observer_(options.observer),
      unwinding_(options.mechanism),
      suspension_(outcome_.stage(), unwinding_),
      trace_(options.watched) {}

CancelAttempt Request::cancel(CancelOrder order, VerdictCallback on_verdict) {
  std::optional<Verdict> decided;
  const CancelAttempt attempt = suspension_.cancel([&] {
    const Observation step(*this, active_observer());
    step.show({Occurrence::Kind::cancel, {}, order.reason, order.text});
    return outcome_.cancel(std::move(order), on_verdict, decided);
  });
  if (decided) [&]() noexcept { deliver(on_verdict, *decided); }();
  if (attempt.won && attempt.found == Stage::queued) owner_->end_queued(shared_from_this());
  if (attempt.won && attempt.found == Stage::running &&
      unwinding_.mechanism() == Mechanism::posix) {
    owner_->deliver_cancel(shared_from_this());
  }
  return attempt;
}

void Request::post_cancel() {
  seam::require(stage() == Stage::cancelling,
                "a pthread_cancel is posted only to a request that has lost");
  unwinding_.post_cancel();
}

// ── The request's own thread ────────────────────────────────────────────────────────────────────

Request* Request::current() {
  return current_request;
}

bool Request::run(seam::Thread& thread) {
  unwinding_.run_on(thread);
  if (!observed([this] { return outcome_.start(); })) return false;
  run_part();
  after_part();
  return true;
}

void Request::run_part() {
  current_request = this;
  const seam::ScopeExit no_current([] { current_request = nullptr; });
  push_finish();
  const seam::ScopeExit finish([this] {
    if (!left_) complete();
  });
  try {
    perform();
    const bool open = !left_ && (stage() == Stage::running || stage() == Stage::cancelling);
    if (open) close_to_cancels();
  } catch (const Cancelled&) {
    // Unwound up to here; `finish` does the rest.
  }
}

void Request::end_unstarted() {
  push_finish();
  complete();
}

/// The entry is in the request, not on a thread's stack, because the request may outlast its part
/// on the thread.
void Request::push_finish() {
  finish_.emplace(
      *this, CleanupName{"finish request"},
      [](void* request) noexcept { static_cast<Request*>(request)->conclude(); }, this);
}

void Request::point_of_no_return() {
  if (!observed([this] { return outcome_.begin_commit(); })) unwinding_.unwind();
}

void Request::close_to_cancels() {
  if (!observed([this] { return outcome_.answer(); })) unwinding_.unwind();
}

void Request::conclude() noexcept {
  if (stage() == Stage::cancelling) {
    const CancelOrder& order = *this->order();
    const Verdict winner = order.durable ? make_durable(order) : Verdict::cancelled;
    const Verdict later = winner == Verdict::cancelled ? Verdict::already : winner;
    const Cancellers cancellers = observed([&] { return outcome_.close(later); });
    reply_cancelled(order, winner);
    deliver(cancellers.winner, winner);
    for (const VerdictCallback& canceller : cancellers.later) deliver(canceller, later);
  }
  {
    const Observation step(*this, active_observer());
    remove_handle();
    step.show({Occurrence::Kind::gone});
  }
  outcome_.finish();
}

void Request::deliver(const VerdictCallback& canceller, Verdict verdict) const {
  show({Occurrence::Kind::verdict, name(verdict)});
  canceller(verdict);
}

// ── Waiting and holds ───────────────────────────────────────────────────────────────────────────

void Request::wait_until(const Suspension::Predicate& ready, std::string_view what,
                         std::int64_t subject) {
  require_no_push_due();
  const auto waits = [&] { show_waits(what, subject); };
  if (!suspension_.wait_until(ready, waits, what, subject)) unwinding_.unwind();
}

void Request::show_waiting(std::string_view what, std::int64_t subject) {
  show_waits(what, subject);
  suspension_.show(what, subject);
}

bool Request::hold_if_asked(PointIndex queued) {
  if (!watched_) return false;
  const auto held = [this] { show_waits("hold", 0); };
  return suspension_.hold_unstarted([&] { return must_hold(queued); }, held);
}

bool Request::release_hold(bool one_step) {
  const auto [held, unstarted, parked] = suspension_.release(one_step);
  if (unstarted) owner_->requeue(shared_from_this());
  if (parked) unpark();
  return held;
}

RequestView Request::view() const {
  RequestView view{};
  trace_.describe(view);
  view.stage = stage();
  suspension_.describe(view);
  view.cleanup = cleanup_.names();
  return view;
}

}  // namespace cancel
