#include "client/bench/load.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include <sys/epoll.h>
#include <sys/prctl.h>

namespace client::bench {

namespace {

constexpr std::uint64_t interrupt_tag = UINT64_MAX;

}  // namespace

Load::Load(const Plan& plan, Interrupt& interrupt)
    : plan_(plan), interrupt_(interrupt), epoll_(epoll_create1(EPOLL_CLOEXEC)), composer_(plan) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = interrupt_tag;
  if (epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, interrupt.descriptor(), &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot wait");
  }
}

void Load::add(Channel requests, std::optional<Channel> cancels) {
  // The number of the lane is half of its tag.
  const std::uint64_t tag = 2 * lanes_.size();
  lanes_.push_back(std::make_unique<Lane>(Lane{std::move(requests), std::move(cancels), tag}));
  Lane& lane = *lanes_.back();
  watch(lane.requests, tag, EPOLLIN, EPOLL_CTL_ADD);
  if (lane.cancels) watch(*lane.cancels, tag + 1, EPOLLIN, EPOLL_CTL_ADD);
}

void Load::watch(Channel& channel, std::uint64_t tag, std::uint32_t events, int change) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag;
  if (epoll_ctl(epoll_.number(), change, channel.descriptor(), &event) == 0) return;
  throw std::system_error(errno, std::generic_category(), "cannot watch a connection");
}

Tally Load::run() {
  // The kernel delays timers by up to 50 µs otherwise, which would count as latency.
  if (plan_.rate) prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  tally_.latencies.reserve(static_cast<std::size_t>(plan_.requests.value_or(4'000'000)));
  for (const auto& lane : lanes_) idle_.push_back(lane.get());
  std::reverse(idle_.begin(), idle_.end());  // the first lane is the first to send
  now_ = last_heard_ = Clock::now();
  pacing_.emplace(plan_, now_);
  last_measured_ = pacing_->measured_from();
  if (plan_.requests) spent_before_ = ProcessorTime::now();
  try {
    run_to_the_end();
  } catch (const Interrupted&) {
    tally_.interrupted = true;
  }
  tally_.seconds = std::chrono::duration<double>(last_measured_ - pacing_->measured_from()).count();
  if (spent_before_) tally_.spent = ProcessorTime::now() - *spent_before_;
  return std::move(tally_);
}

void Load::run_to_the_end() {
  for (;;) {
    send_what_is_due();
    if (busy_ == 0 && !pacing_->next()) return;
    wait();
    // The end has come while every connection was busy.
    tally_.missed += pacing_->take_missed(now_);
  }
}

void Load::send_what_is_due() {
  while (!idle_.empty()) {
    const auto due = pacing_->take(now_);
    if (!due) return;
    Lane& lane = *idle_.back();
    idle_.pop_back();
    start(lane, *due);
  }
}

void Load::start(Lane& lane, Time due) {
  const Composed composed = composer_.next();
  lane.due = due;
  lane.operation = composed.operation;
  lane.has_verdict = false;
  lane.outstanding = composed.cancel.empty() ? 1 : 2;
  ++busy_;
  send(lane.requests, composed.text, lane.tag);
  if (!composed.cancel.empty()) send(*lane.cancels, composed.cancel, lane.tag + 1);
}

void Load::send(Channel& channel, std::string_view command, std::uint64_t tag) {
  const bool was_waiting = channel.has_unsent();
  channel.send(command);
  if (channel.has_unsent() && !was_waiting) {
    watch(channel, tag, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
  }
}

Clock::duration Load::time_to_wait() const {
  Clock::duration longest = std::chrono::hours(1);
  if (busy_ > 0) longest = last_heard_ + plan_.longest_silence - now_;
  const Until next = idle_.empty() ? std::nullopt : pacing_->next();
  if (next) longest = std::min(longest, *next - now_);
  return std::max(longest, Clock::duration::zero());
}

void Load::wait() {
  std::array<epoll_event, 256> events;
  const auto left = std::chrono::nanoseconds(time_to_wait()).count();
  timespec timeout{};
  timeout.tv_sec = left / 1'000'000'000;
  timeout.tv_nsec = left % 1'000'000'000;
  const int count = epoll_pwait2(epoll_.number(), events.data(), static_cast<int>(events.size()),
                                 &timeout, nullptr);
  now_ = Clock::now();
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    serve(event.data.u64, event.events);
  }
  if (busy_ > 0 && now_ - last_heard_ > plan_.longest_silence) {
    throw ConnectionLost("the server did not reply in time");
  }
}

void Load::serve(std::uint64_t tag, std::uint32_t events) {
  if (tag == interrupt_tag) {
    if (const int signal = interrupt_.take()) throw Interrupted{signal};
    return;
  }
  Lane& lane = *lanes_[tag / 2];
  const bool is_cancel = tag % 2 == 1;
  Channel& channel = is_cancel ? *lane.cancels : lane.requests;
  if ((events & EPOLLOUT) != 0) {
    channel.flush();
    if (!channel.has_unsent()) watch(channel, tag, EPOLLIN, EPOLL_CTL_MOD);
  }
  if ((events & ~EPOLLOUT) == 0) return;
  channel.read_replies([&](const ShortReply& reply) {
    if (lane.outstanding == 0) throw ConnectionLost("the server sent one reply too many");
    now_ = last_heard_ = Clock::now();
    is_cancel ? take_verdict(lane, reply) : take_reply(lane, reply);
    if (--lane.outstanding == 0) finish(lane);
  });
}

// Returns whether a reply that has just arrived is measured.
bool Load::is_measured() {
  if (now_ < pacing_->measured_from()) return false;
  if (!spent_before_) spent_before_ = ProcessorTime::now();
  return true;
}

void Load::take_reply(Lane& lane, const ShortReply& reply) {
  const bool is_error = reply.kind == ShortReply::Kind::error;
  lane.was_done = !is_error && fits(reply, lane.operation);
  lane.was_cancelled = is_error && reply.code() == "CANCELLED";
  lane.is_measured = is_measured();
  if (!lane.is_measured) return;
  last_measured_ = now_;
  if (!lane.was_done) {
    count(tally_.refusals, is_error ? reply.code() : "UNFIT");
    return;
  }
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(now_ - lane.due).count();
  tally_.latencies.push_back(static_cast<std::uint32_t>(std::min<std::int64_t>(took, UINT32_MAX)));
}

void Load::take_verdict(Lane& lane, const ShortReply& reply) {
  lane.has_verdict = true;
  lane.verdict = reply.code();
}

void Load::finish(Lane& lane) {
  --busy_;
  if (lane.has_verdict && lane.is_measured) count(tally_.verdicts, lane.verdict);
  if (lane.has_verdict && contradicts(lane.verdict, lane.was_done, lane.was_cancelled)) {
    ++tally_.contradictions;
  }
  if (const auto due = pacing_->take(now_)) {
    start(lane, *due);
  } else {
    idle_.push_back(&lane);
  }
}

}  // namespace client::bench
