#pragma once

/// One file on a disk that can lose its power: what of it is durable, and what is only in memory.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What becomes of the writes under way when the power goes off. Of each sector the disk keeps what
/// it had, any of the states it went through since, or the beginning of a later one over the rest
/// of an earlier one.
struct PowerLoss {
  unsigned seed = 0;
  std::size_t sector = 512;
};

/// Not safe for threads.
class Platter {
 public:
  void write(std::int64_t at, std::string bytes);
  void truncate(std::int64_t size);
  /// All of it is on the disk now.
  void sync();
  /// The sync failed. As on Linux, what it was to write counts as written: no later one writes it.
  void fail_sync() { unsynced_.clear(); }

  /// What is there when the power comes back: of the unsynced nothing or, given a loss, some.
  std::string left(const std::optional<PowerLoss>& loss) const;

 private:
  /// A write, or the end of the file coming nearer.
  struct Change {
    std::int64_t at = 0;
    std::string bytes;
    bool cuts = false;
  };
  class Loss;

  static void apply(const Change& change, std::string& to);

  std::string synced_;
  std::vector<Change> unsynced_;
};
