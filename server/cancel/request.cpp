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
  if (watched_) suspension_.hold_if([&] { return must_hold(point); }, cancellable);
  if (cancellable && outcome_.stage().glance() == Stage::cancelling) unwinding_.unwind();
}

/// A cancel at a point between a grant and its push would leave the thing granted for ever.
void Request::require_no_push_due() const {
  seam::require(!cleanup_.push_due(), "no cancellation point lies between a grant and its push");
}

// ── Cancelling ──────────────────────────────────────────────────────────────────────────────────

Request::Request(const Options& options)
    : watched_(options.watched),
      owner_(options.owner),
      unwinding_(options.mechanism),
      suspension_(outcome_.stage(), unwinding_),
      trace_(options.watched) {}

CancelAttempt Request::cancel(CancelOrder order, VerdictCallback on_verdict) {
  std::optional<Verdict> decided;
  const CancelAttempt attempt =
      suspension_.cancel([&] { return outcome_.cancel(std::move(order), on_verdict, decided); });
  if (decided) [&]() noexcept { on_verdict(*decided); }();
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
  if (!outcome_.start()) return false;
  current_request = this;
  const seam::ScopeExit no_current([] { current_request = nullptr; });
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
  if (!outcome_.begin_commit()) unwinding_.unwind();
}

void Request::close_to_cancels() {
  if (!outcome_.answer()) unwinding_.unwind();
}

void Request::conclude() noexcept {
  if (stage() == Stage::cancelling) {
    const CancelOrder& order = *this->order();
    const Verdict winner = order.durable ? make_durable(order) : Verdict::cancelled;
    const Verdict later = winner == Verdict::cancelled ? Verdict::already : winner;
    const Cancellers cancellers = outcome_.close(later);
    reply_cancelled(order, winner);
    cancellers.winner(winner);
    for (const VerdictCallback& canceller : cancellers.later) canceller(later);
  }
  remove_handle();
  outcome_.finish();
}

// ── Waiting and holds ───────────────────────────────────────────────────────────────────────────

void Request::wait_until(const Suspension::Predicate& ready, std::string_view what,
                         std::int64_t subject) {
  require_no_push_due();
  if (!suspension_.wait_until(ready, what, subject)) unwinding_.unwind();
}

void Request::show_waiting(std::string_view what, std::int64_t subject) {
  suspension_.show(what, subject);
}

bool Request::hold_if_asked(PointIndex queued) {
  return watched_ && suspension_.hold_unstarted([&] { return must_hold(queued); });
}

bool Request::release_hold(bool one_step) {
  const auto [held, unstarted] = suspension_.release(one_step);
  if (unstarted) owner_->requeue(shared_from_this());
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
