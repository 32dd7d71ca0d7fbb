#pragma once

/// A request to the server, how it ended, and the exit status that follows from that.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/wire/reply.hpp"

namespace client {

/// How often a request may be sent, and what Ctrl-C does to it.
enum class Nature {
  read,        // repeated freely; Ctrl-C abandons it
  keyed,       // repeated freely, since its key makes it happen once; Ctrl-C cancels it
  repeatable,  // repeated freely, but it has no key to cancel it by; Ctrl-C abandons it
  once,        // sent once, since a second time could have another effect; Ctrl-C abandons it
};

/// Overwrites its words before their memory is freed, since one may be a PIN.
struct Request {
  ~Request();

  std::vector<std::string> command;
  Nature nature = Nature::read;
  std::int64_t account = 0;                          // the account of the key
  std::string key;                                   // empty if the request has none
  std::optional<std::chrono::milliseconds> timeout;  // also sent in `command`
  Form form = Form::any;                             // of the reply, unless it is an error
};

struct Ending {
  enum class Kind {
    reply,           // `reply` is final; it may be an error
    not_done,        // given up, and nothing was under way (`reply`: the last refusal, if any)
    interrupted,     // abandoned by Ctrl-C before anything was sent, or during a read
    unknown,         // given up while it may be under way (`reply`: the refused login, if any)
    cannot_connect,  // the server could not be reached
  };
  Kind kind = Kind::reply;
  Reply reply;
  std::string why;               // one line, unless the kind is `reply`
  std::optional<Reply> verdict;  // the reply to the CANCEL that Ctrl-C sent, if any
};

/// The exit status of `atm`. It follows from the ending, but for wrong usage, an unsound ledger
/// (admin audit) and refusals during a benchmark.
enum ExitStatus : int {
  exit_done = 0,
  exit_refused = 1,
  exit_usage = 2,
  exit_cancelled = 3,  // or past its deadline
  exit_unknown = 4,    // the outcome is not known (yet)
  exit_cannot_connect = 5,
};

/// Returns the exit status of a command that ended like this.
ExitStatus exit_status(const Ending& ending);

/// Returns the exit status of a command whose whole purpose is to cancel: done if nothing was or
/// will be changed, refused if it was too late or if there is no such transaction.
ExitStatus exit_status_of_verdict(const Reply& verdict);

}  // namespace client
