#pragma once

/// A PIN or a teller's secret: wiped from memory when it is destroyed, compared in constant time.

#include <string>
#include <string_view>

namespace bank {

/// Overwrites the text with zeros and empties it. Any thread.
void wipe(std::string& text) noexcept;

/// Any thread, one at a time for each object.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view text) : text_(text) {}
  ~Secret() { wipe(text_); }
  Secret(const Secret& other) = default;
  // Moving a short string would leave its bytes behind.
  Secret(Secret&& other) noexcept
      : text_(other.text_) {  // NOLINT(performance-move-constructor-init)
    wipe(other.text_);
  }
  Secret& operator=(Secret other) noexcept;

  /// The text itself, for hashing only; valid as long as this object.
  std::string_view reveal() const { return text_; }
  /// Compares in a time that does not depend on where the texts differ.
  bool equals(const Secret& other) const;
  /// Its time depends on where the texts differ: use equals().
  bool operator==(const Secret&) const = delete;

 private:
  std::string text_;
};

}  // namespace bank
