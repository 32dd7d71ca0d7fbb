#include "server/bank/watch.hpp"

#include <utility>

#include "server/bank/transaction.hpp"

namespace bank {
namespace {

using Kind = cancel::Occurrence::Kind;

constexpr std::string_view missed = "missed";

class Details {
 public:
  Details& add(std::string_view word) {
    all_.push_back(Reply::bulk(std::string(word)));
    return *this;
  }
  Details& add(std::int64_t number) {
    all_.push_back(Reply::integer(number));
    return *this;
  }
  Reply::Array take() { return std::move(all_); }

 private:
  Reply::Array all_;
};

/// The elements of an event behind its name.
Reply::Array details_of(const Transaction& txn, const cancel::Occurrence& seen) {
  const Arguments& asked = txn.arguments();
  Details details;
  switch (seen.kind) {
    case Kind::admitted:
      details.add(name(asked.operation)).add(asked.account).add(asked.to).add(asked.key);
      return details.add(txn.client()).add(txn.user()).take();
    case Kind::waiting:
    case Kind::granted:
    case Kind::released:
      return details.add(seen.name).add(seen.subject).take();
    case Kind::pushed:
      return details.add("pushed").add(seen.name).add(seen.subject).take();
    case Kind::popped:
      return details.add("popped").add(seen.name).add(seen.subject).take();
    case Kind::ran:
      return details.add("ran").add(seen.name).add(seen.subject).take();
    case Kind::cancel:
      return details.add(name(static_cast<Reason>(seen.subject))).add(seen.text).take();
    case Kind::reply:
      return details.add(seen.name).add(seen.text).take();
    case Kind::gone:
      return {};
    default:  // a point, a stage, a verdict
      return details.add(seen.name).take();
  }
}

}  // namespace

Watch::Watch() : begun_wall_us_(seam::wall_clock()), begun_(seam::now()) {}

std::shared_ptr<Watch::Viewer> Watch::view(std::optional<ledger::AccountId> account,
                                           std::function<void()> wake) {
  auto viewer = std::make_shared<Viewer>(*this, account, std::move(wake));
  const seam::Lock lock(order);
  viewers_.push_back(viewer.get());
  active_.store(true);
  return viewer;
}

void Watch::observe(const cancel::Request& request, const cancel::Occurrence& seen) noexcept {
  const auto& txn = static_cast<const Transaction&>(request);
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(seam::now() - begun_);
  const Sighting sighting{0, begun_wall_us_ + since.count(), txn.handle(), name(seen.kind),
                          details_of(txn, seen)};
  for (Viewer* viewer : viewers_) {
    if (!viewer->account_ || txn.touches(*viewer->account_)) note(*viewer, sighting);
  }
}

void Watch::note(Viewer& viewer, Sighting sighting) {
  sighting.number = ++viewer.last_number_;
  auto& unread = viewer.unread_;
  if (unread.size() < most_unread) {
    unread.push_back(std::move(sighting));
  } else if (unread.back().event != missed) {
    unread.push_back(
        {sighting.number, sighting.time_us, {}, missed, Details().add(std::int64_t{1}).take()});
  } else {
    Sighting& last = unread.back();
    ++std::get<std::int64_t>(last.details[0].value);
    last.number = sighting.number;
    last.time_us = sighting.time_us;
  }
  if (std::exchange(viewer.asleep_, false)) viewer.wake_();
}

// ── A viewer ────────────────────────────────────────────────────────────────────────────────────

Watch::Viewer::Viewer(Watch& watch, std::optional<ledger::AccountId> account,
                      std::function<void()> wake)
    : watch_(watch), account_(account), wake_(std::move(wake)) {}

Watch::Viewer::~Viewer() {
  const seam::Lock lock(watch_.order);
  std::erase(watch_.viewers_, this);
  watch_.active_.store(!watch_.viewers_.empty());
}

std::vector<Sighting> Watch::Viewer::take(std::size_t most) {
  const seam::Lock lock(watch_.order);
  const std::size_t count = std::min(most, unread_.size());
  const auto end = unread_.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<Sighting> taken(std::make_move_iterator(unread_.begin()),
                              std::make_move_iterator(end));
  unread_.erase(unread_.begin(), end);
  asleep_ = taken.empty();
  return taken;
}

}  // namespace bank
