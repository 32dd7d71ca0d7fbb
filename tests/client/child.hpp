#pragma once

/// The real `atm` as a child process.

#include <string>
#include <vector>

#include <sys/types.h>

namespace test {

struct Finished {
  int status = -1;  // of its exit; if a signal ended it, that signal's number, negative
  std::string out;
  std::string err;   // empty on a terminal, where `out` has both
  std::string hung;  // if it did not end by itself: what it was doing
};

class Child {
 public:
  /// Starts it without any ATM_… of the test's own environment, with `environment` (NAME=value)
  /// added, and with `input` as all of its standard input. It has no controlling terminal.
  explicit Child(const std::vector<std::string>& arguments, const std::string& input = "",
                 const std::vector<std::string>& environment = {});
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Presses Ctrl-C.
  void interrupt() const;
  /// Its arguments as the kernel shows them to everybody, NULs as blanks.
  std::string visible_arguments() const;
  /// Blocks until standard error holds this text. False if it ended without.
  bool await_error(const std::string& text);
  /// Blocks until it ends.
  Finished finish();

 private:
  bool read_some();

  pid_t process_ = -1;
  int out_ = -1;
  int err_ = -1;
  Finished finished_;
};

/// The same on a terminal of its own.
class TerminalChild {
 public:
  explicit TerminalChild(const std::vector<std::string>& arguments);
  ~TerminalChild();
  TerminalChild(const TerminalChild&) = delete;
  TerminalChild& operator=(const TerminalChild&) = delete;

  void type(const std::string& keys) const;
  /// Blocks until this text has appeared after the last one awaited. False if it ended without.
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
