#pragma once

#include <memory>

#include "client/bench/channel.hpp"
#include "client/bench/composer.hpp"
#include "client/bench/pacing.hpp"
#include "client/bench/tally.hpp"

namespace client::bench {

/// Sends the requests of a plan over many connections, one at a time on each, all on this thread,
/// and checks each reply.
class Load {
 public:
  /// The plan and the interrupt must outlive it.
  Load(const Plan& plan, Interrupt& interrupt);

  /// Adds a connection for requests and, if the plan has cancels, one for the cancels of those.
  /// Throws std::system_error.
  void add(Channel requests, std::optional<Channel> cancels);

  /// Runs to the end. Blocks until then. Returns early if it is interrupted. Throws ConnectionLost
  /// if a connection is lost, or the server is silent for too long.
  Tally run();

 private:
  using Time = Clock::time_point;

  // A connection, and the state of its request in flight.
  struct Lane {
    Channel requests;
    std::optional<Channel> cancels;
    std::uint64_t tag;  // of `requests`; that of `cancels` is one greater
    Time due{};
    Operation operation = Operation::ping;
    int outstanding = 0;  // replies: that of the request, and that of its cancel
    bool is_measured = false;
    bool was_done = false;
    bool was_cancelled = false;
    bool has_verdict = false;
    std::string verdict{};
  };

  void run_to_the_end();
  void send_what_is_due();
  void start(Lane& lane, Time due);
  void send(Channel& channel, std::string_view command, std::uint64_t tag);
  void wait();
  void serve(std::uint64_t tag, std::uint32_t events);
  bool is_measured();
  void take_reply(Lane& lane, const ShortReply& reply);
  void take_verdict(Lane& lane, const ShortReply& reply);
  void finish(Lane& lane);
  void watch(Channel& channel, std::uint64_t tag, std::uint32_t events, int change);
  Clock::duration time_to_wait() const;

  const Plan& plan_;
  Interrupt& interrupt_;
  const Descriptor epoll_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<Lane*> idle_;
  std::size_t busy_ = 0;
  Composer composer_;
  std::optional<Pacing> pacing_;
  Time now_;
  Time last_heard_;     // when the last reply arrived
  Time last_measured_;  // when the last reply to a measured request arrived
  std::optional<ProcessorTime> spent_before_;
  Tally tally_;
};

}  // namespace client::bench
