#pragma once

/// The real atm-server, for one lesson: started from the folder of this program, on a free port,
/// with a temporary data directory.

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "client/wire/session.hpp"

namespace lesson {

/// Ends the server and removes its data directory when it is destroyed, and also when this process
/// dies before. One thread, the main one, uses it: the kernel kills the server when the thread that
/// started it ends.
class Server {
 public:
  /// Starts the server with --teaching and the options given, and waits until it is ready. Another
  /// `program` is a server of that name in the same folder, or a path. Throws std::runtime_error
  /// with its log if it does not start.
  explicit Server(const std::string& mechanism, std::vector<std::string> options = {},
                  const std::string& program = "atm-server");
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Sessions, opened at their first use. They end before the server does.
  client::Session customer(std::int64_t account);
  client::Session teller();
  client::Session operator_();

  /// Creates an account with this balance, in cents. Returns its number.
  std::int64_t open_account(std::int64_t balance);
  /// Waits until a transaction is held at this point. Returns its handle. Throws
  /// std::runtime_error after a minute.
  std::string held_at(const std::string& point);
  /// Returns a counter of INFO, such as live_requests.
  std::int64_t info(const std::string& name);
  /// Waits until that counter has this value, as the server may change it shortly after a reply.
  /// Returns false after a minute.
  bool reaches(const std::string& name, std::int64_t value);

  /// Replaces this process by the real client, as a customer starts it with these words, such as
  /// deposit 20.00. For a child process.
  [[noreturn]] void run_client(std::int64_t account, std::vector<std::string> words) const;
  /// Starts the real client with these words, options included, in a process of its own, which ends
  /// with this one. It has the PIN of every account and the operator's socket, but no input.
  /// Returns its process.
  pid_t start_client(std::vector<std::string> words, const std::string& output) const;

  /// Kills it as a crash would, with SIGKILL.
  void kill();
  /// Drains it. Returns its exit status.
  int stop();
  /// Starts it again on the same data, after kill() or stop().
  void start();
  /// Returns how it has ended by itself: the exit status, or the signal, negative. Returns nothing
  /// while it runs.
  std::optional<int> ended();
  /// Returns what it has logged.
  std::string log() const;
  pid_t pid() const { return process_; }
  const std::string& folder() const { return folder_; }

 private:
  int wait_for_end();
  [[noreturn]] void run_client(std::vector<std::string> words) const;

  const std::string mechanism_;
  const std::vector<std::string> options_;
  const std::string program_;
  std::string folder_;
  int keeper_ = -1;  // a pipe; its end lets the keeper remove the folder
  pid_t keeper_process_ = -1;
  pid_t process_ = -1;
  std::optional<int> ended_;
  client::Endpoint address_;
  client::Interrupt interrupt_;
};

/// Sends a command and returns the reply. Throws what Session::call throws, also if there is no
/// reply within a minute.
client::Reply call(client::Session& session, const std::vector<std::string>& command);
/// Sends a command whose reply reply_of() receives later.
void send(client::Session& session, const std::vector<std::string>& command);
client::Reply reply_of(client::Session& session);

}  // namespace lesson
