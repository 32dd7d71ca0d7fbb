#pragma once

/// The judge of the game: compares the answers of the server with its deeds. A correct server
/// violates none of these rules, whatever is typed.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lesson {

/// A transaction in flight, as TXN SHOW describes it.
struct InFlight {
  std::string handle;
  std::string operation;
  std::int64_t account = 0;
  std::string key;
  std::string stage;
  std::string point;
  std::string waiting;  // "lock 1", "hold", "commit" or empty
  std::vector<std::int64_t> locks;

  bool operator==(const InFlight&) const = default;
};

/// The key of a write, with its account.
using Key = std::pair<std::int64_t, std::string>;

/// A command that has ended, and the answer it was given.
struct Answer {
  std::string command;  // "deposit", "admin cancel", …
  /// Of the write that it has sent or cancelled; without a key if there is no such write.
  Key key;
  int status = 0;    // the exit status of atm
  std::string text;  // what atm has printed
};

struct Look {
  std::vector<InFlight> in_flight;
  std::int64_t live_requests = 0;
  std::int64_t live_buffers = 0;
  std::int64_t held_locks = 0;
};

/// All that the judge knows.
struct Scene {
  std::vector<Look> looks;  // one after the other
  std::vector<Answer> answers;
  std::map<Key, int> sent;              // how many commands have sent this write
  std::map<Key, std::string> outcomes;  // of STATUS: "committed", "cancelled", "running", "none"
  std::optional<std::int64_t> audit_violations;
  std::string last_words;  // of a server that has died by itself
};

/// Returns one sentence for each violation. Facts about transactions in flight count only if all
/// looks show them, since a transaction may go on while the server is asked.
std::vector<std::string> violations(const Scene& scene);

}  // namespace lesson
