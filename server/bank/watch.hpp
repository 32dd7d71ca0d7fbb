#pragma once

/// TXN WATCH: what happens to the transactions, as a stream of sightings for each viewer.
///
/// A viewer's sightings are numbered from 1 without gaps, in the order in which things happened
/// (server/cancel/observer.hpp). They wait for the viewer in a buffer of a fixed size. When it is
/// full, one sighting named `missed` takes the place of all that follow until there is room again:
/// it has the number of the last one and says how many there were. So a slow viewer costs a bounded
/// amount of memory and delays no transaction.

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "db/ledger.hpp"
#include "server/bank/reply.hpp"
#include "server/cancel/handle_table.hpp"
#include "server/cancel/observer.hpp"

namespace bank {

class Transaction;

struct Sighting {
  std::int64_t number = 0;
  std::int64_t time_us = 0;  // since 1970; never decreases within a stream
  cancel::Handle handle;     // {0, 0}: none
  std::string_view event;    // a literal: "granted", "missed"
  Reply::Array details;
};

/// Outlives every transaction and every viewer. Any thread.
class Watch final : public cancel::Observer {
 public:
  class Viewer {
   public:
    /// Call view() instead; only std::make_shared needs this to be public.
    Viewer(Watch& watch, std::optional<ledger::AccountId> account, std::function<void()> wake);
    ~Viewer();
    Viewer(const Viewer&) = delete;
    Viewer& operator=(const Viewer&) = delete;
    /// Takes the oldest sightings, at most so many. Once it has returned none, `wake` is called for
    /// the next one.
    std::vector<Sighting> take(std::size_t most);

   private:
    friend class Watch;
    Watch& watch_;
    const std::optional<ledger::AccountId> account_;
    const std::function<void()> wake_;
    std::deque<Sighting> unread_;  // this and the next two: guarded by watch_.order
    std::int64_t last_number_ = 0;
    bool asleep_ = true;
  };

  Watch();

  /// Begins a stream: of all transactions, or of those that touch the account. It ends with the
  /// viewer. `wake` is called by any thread, under mutexes: it must not block, and calls nothing of
  /// a transaction or of this.
  std::shared_ptr<Viewer> view(std::optional<ledger::AccountId> account,
                               std::function<void()> wake);

  /// The most sightings that wait for one viewer; a last one may count those it missed.
  static constexpr std::size_t most_unread = 4096;

 private:
  void observe(const cancel::Request& request,
               const cancel::Occurrence& occurrence) noexcept override REQUIRES(order);
  static void note(Viewer& viewer, Sighting sighting);

  const std::int64_t begun_wall_us_;
  const seam::Time begun_;
  std::vector<Viewer*> viewers_ GUARDED_BY(order);
};

}  // namespace bank
