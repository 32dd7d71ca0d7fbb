#pragma once

/// Runs the commands that are typed in the game: each is a process of atm. A command whose request
/// is held or waits for a mutex goes on in the background.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "client/lesson/mistakes/typed.hpp"
#include "client/lesson/server.hpp"

namespace lesson {

class Commands {
 public:
  struct Command {
    std::string line;  // as typed
    Typed typed;
    std::string output;  // the path of what it prints
    pid_t process = -1;
    bool blocked = false;  // it has taken too long once; do not wait for it again
    std::optional<Answer> answer;
  };

  explicit Commands(Server& server) : server_(server) {}
  ~Commands() { end_all(); }
  Commands(const Commands&) = delete;
  Commands& operator=(const Commands&) = delete;

  /// Starts a command. Throws std::system_error.
  void start(const std::string& line, Typed typed);
  /// Waits until each command has ended, is held, or waits for a mutex; for a few seconds at most.
  /// Returns those that have ended since the last call. Blocks. Throws client::NoReply if the
  /// server has died.
  std::vector<const Command*> settle(client::Session& session);
  /// Kills those that run.
  void end_all();

  /// All that were started.
  const std::vector<Command>& all() const { return all_; }
  /// Returns how many of them have sent a write.
  int writes() const;
  bool any_runs() const;

 private:
  std::vector<const Command*> take_ended();
  std::vector<Command*> busy(client::Session& session);

  Server& server_;
  std::vector<Command> all_;
};

}  // namespace lesson
