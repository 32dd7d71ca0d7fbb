#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace client {

/// One event of TXN WATCH: something that happened to a transaction.
struct Event {
  std::int64_t number = 0;
  std::int64_t time_us = 0;
  std::string handle;  // empty: of none in particular
  std::string name;    // "granted", "missed"
  std::vector<std::string> details;

  /// Returns a detail, or an empty text if there are not so many.
  std::string detail(std::size_t index) const {
    return index < details.size() ? details[index] : std::string();
  }
  /// Returns the details as people read them, joined by blanks: "unlock account 1".
  std::string text() const;
};

}  // namespace client
