#pragma once

/// A machine that refuses memory, or a call that does not pass through SQLite's file system, to the
/// thread that orders it. It works in the program that refusals.cpp is linked to.

namespace refusals {

enum class Call : unsigned char { memory, sync_folder, link, lock, make_temporary };

/// While it lives, that call goes well so many times, fails once, and goes well again. Memory: of
/// operator new and of SQLite.
class Refusal {
 public:
  explicit Refusal(Call call, int well = 0, int error = 0);
  Refusal(const Refusal&) = delete;
  Refusal& operator=(const Refusal&) = delete;
  ~Refusal();
  /// Whether it has come to that.
  bool struck() const;
};

}  // namespace refusals
