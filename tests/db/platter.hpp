#pragma once

/// One file on a disk that can lose its power: its durable bytes, and the writes that are not
/// durable yet.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Chooses the fate of unsynced writes when the power fails. Each sector keeps its old state or one
/// of the later ones, or is torn: the beginning of a later state over the rest of an earlier one.
struct PowerLoss {
  unsigned seed = 0;
  std::size_t sector = 512;
};

/// Not synchronized.
class Platter {
 public:
  void write(std::int64_t at, std::string bytes);
  void truncate(std::int64_t size);
  /// Makes all writes durable.
  void sync();
  /// A failed sync: as on Linux, its writes count as clean and no later sync writes them.
  void fail_sync() { unsynced_.clear(); }

  /// Returns the file after a loss of power: without the unsynced writes or, given a loss, with
  /// some.
  std::string left(const std::optional<PowerLoss>& loss) const;

 private:
  /// A write or a truncation.
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
