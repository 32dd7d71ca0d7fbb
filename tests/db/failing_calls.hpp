#pragma once

/// Makes one system call of the calling thread fail, of those that do not pass through SQLite's
/// file system. Works in the program that failing_calls.cpp is linked to.

namespace failing_calls {

enum class Call : unsigned char {
  sync_folder,
  sync_lock_file,
  link,
  lock,
  make_temporary,
  read,
  write,
  status,  // of an open file
};

/// During its life, the call succeeds so many times, fails once with `error`, and succeeds again.
class Failure {
 public:
  Failure(Call call, int successes, int error);
  Failure(const Failure&) = delete;
  Failure& operator=(const Failure&) = delete;
  ~Failure();
  /// Returns whether the call has failed.
  bool happened() const;
};

}  // namespace failing_calls
