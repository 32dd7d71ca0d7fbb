#pragma once

/// The real atm-server as a child process, which never outlives the test.

#include <string>
#include <vector>

#include <sys/types.h>

namespace rig {

struct Finished {
  int status = 0;  // the exit status; -N: ended by signal N
  std::string out;
  std::string err;
};

/// Runs it with exactly these arguments and environment (NAME=value, beyond the test's own without
/// its ATM_… variables), and waits for its end.
Finished run_server(const std::vector<std::string>& arguments,
                    const std::vector<std::string>& environment = {});

/// An entry for the environment that limits the server's descriptors.
std::string descriptors(int most);

/// Entries for the environment that make the server's standard output fail: it is closed, a pipe
/// that is not read, or a full device.
inline constexpr const char* closed_output = "RIG_OUTPUT=closed";
inline constexpr const char* broken_output = "RIG_OUTPUT=broken";
inline constexpr const char* full_output = "RIG_OUTPUT=full";

/// An entry for the environment that starts the server without standard input and error.
inline constexpr const char* no_streams = "RIG_NO_STREAMS=yes";

/// Not an option of the server: if it is given, PINs cost as much to hash as in service.
inline constexpr const char* dear_pins = "dear pins";

class ServerProcess {
 public:
  /// Starts it with its data in `folder`/data, on a free port, with cheap PINs, and the options
  /// given; waits for its ready line, or for the operator's socket if its output fails. Throws
  /// std::runtime_error with its log if it ends before. Call it on the test's main thread: the
  /// kernel kills the server when that thread ends.
  explicit ServerProcess(const std::string& folder, const std::vector<std::string>& options = {},
                         const std::vector<std::string>& environment = {});
  /// Kills the server, if it still runs.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  pid_t pid() const { return pid_; }
  int port() const { return port_; }
  const std::string& admin() const { return admin_; }
  const std::string& ready_line() const { return ready_; }
  /// Its log so far.
  std::string log() const;

  void signal(int number) const;
  /// Waits for its end. Returns the exit status, or -N if signal N ended it. Throws after
  /// `patience`.
  int wait_exit();
  bool ended();
  /// Kills it with SIGKILL. Returns once it has ended.
  void kill9();

 private:
  /// Keeps the exit status. Prints the report of a sanitizer if the log has one.
  void note_end(int status);

  pid_t pid_ = -1;
  int port_ = 0;
  int exit_ = 0;
  bool reaped_ = false;
  std::string admin_;
  std::string ready_;
  std::string log_path_;
};

}  // namespace rig
