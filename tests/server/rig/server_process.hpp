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

/// In the environment: the server is given so many descriptors.
std::string descriptors(int most);

/// No option of the server's: where it is given, PINs are as dear as in service.
inline constexpr const char* dear_pins = "dear pins";

class ServerProcess {
 public:
  /// Starts it with its data in `folder`/data, on a free port, with cheap PINs, and the options
  /// given; waits until it says that it is ready. Throws std::runtime_error with what it logged if
  /// it ends before. Called by the test's own thread: the server is killed when that ends.
  explicit ServerProcess(const std::string& folder, const std::vector<std::string>& options = {},
                         const std::vector<std::string>& environment = {});
  /// Kills it, if it still runs.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  pid_t pid() const { return pid_; }
  int port() const { return port_; }
  const std::string& admin() const { return admin_; }
  const std::string& ready_line() const { return ready_; }
  /// What it has logged so far.
  std::string log() const;

  void signal(int number) const;
  /// Waits for its end: the exit status, or -N if signal N ended it. May be asked again.
  int wait_exit();
  bool ended();
  /// As the power going off: nothing more is written, nobody is told. Returns once it is gone.
  void kill9();

 private:
  pid_t pid_ = -1;
  int port_ = 0;
  int exit_ = 0;
  bool reaped_ = false;
  std::string admin_;
  std::string ready_;
  std::string log_path_;
};

}  // namespace rig
