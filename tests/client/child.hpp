#pragma once

/// Runs the built `atm` as a child process.

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

class Child {
 public:
  /// Starts the program with `input` as its whole standard input and no controlling terminal.
  /// `environment` (NAME=value) is added to the test's environment, from which ATM_… is removed.
  explicit Child(const std::vector<std::string>& arguments, const std::string& input = "",
                 const std::vector<std::string>& environment = {});
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Presses Ctrl-C.
  void interrupt() const;
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
  explicit TerminalChild(const std::vector<std::string>& arguments);
  ~TerminalChild();
  TerminalChild(const TerminalChild&) = delete;
  TerminalChild& operator=(const TerminalChild&) = delete;

  void type(const std::string& keys) const;
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

/// Writes a file in a folder and returns its path.
std::string write_file(const std::string& folder, const std::string& name, const std::string& text);

}  // namespace test
