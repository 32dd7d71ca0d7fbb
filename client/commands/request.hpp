#pragma once

/// A request to the server, and its end.

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

}  // namespace client
