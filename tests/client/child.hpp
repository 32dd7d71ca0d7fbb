#pragma once

/// Runs the built `atm` as a child process.

#include <csignal>
#include <string>
#include <vector>

#include <sys/types.h>

namespace test {

struct Finished {
  int status = -1;  // the exit status, or minus the number of the signal that ended it
  std::string out;
  std::string err;   // empty on a terminal, where `out` has both
  std::string hung;  // what it was doing, if it had to be killed
};

struct Setup {
  std::string input;                     // the whole standard input
  std::vector<std::string> environment;  // NAME=value, besides that of the test without ATM_…
  std::string output{};                  // a file for standard output, instead of Finished::out;
                                         // `-`: closed; `|`: a pipe without a reader
  std::vector<int> ignored_signals{};
  std::string input_path{};  // opened as standard input, instead of `input`
};

class Child {
 public:
  /// Starts the program without a controlling terminal.
  explicit Child(const std::vector<std::string>& arguments, const Setup& setup = {});
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Sends a signal; by default that of Ctrl-C.
  void interrupt(int signal = SIGINT) const;
  /// Returns its arguments as ps shows them.
  std::string visible_arguments() const;
  /// Blocks until standard error contains this text. Returns false if it ended without it.
  bool await_error(const std::string& text);
  /// Blocks until it ends; kills it if it hangs.
  Finished finish();

 private:
  bool read_some();

  pid_t process_ = -1;
  int out_ = -1;
  int err_ = -1;
  Finished finished_;
};

/// Runs it on a terminal of its own.
class TerminalChild {
 public:
  /// Starts the program, or another one such as a shell, in which the program is called `atm`.
  explicit TerminalChild(const std::vector<std::string>& arguments,
                         const std::vector<std::string>& environment = {},
                         const std::string& program = ATM_BINARY);
  ~TerminalChild();
  TerminalChild(const TerminalChild&) = delete;
  TerminalChild& operator=(const TerminalChild&) = delete;

  void type(const std::string& keys) const;
  void interrupt(int signal) const;
  /// Blocks until this text appears after the last one awaited. Returns false if it ended without
  /// it.
  bool await(const std::string& text);
  Finished finish();

 private:
  bool read_some();

  pid_t process_ = -1;
  int terminal_ = -1;
  std::string screen_;
  std::size_t seen_ = 0;
};

/// Starts `atm` with these arguments and waits for its end.
Finished run_atm(const std::vector<std::string>& arguments, const std::string& input = "",
                 const std::vector<std::string>& environment = {});

/// Writes a file that only its owner can open. Returns its path.
std::string write_file(const std::string& folder, const std::string& name, const std::string& text);

}  // namespace test
