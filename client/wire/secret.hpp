#pragma once

#include <string>
#include <string_view>

namespace client {

/// A PIN or the teller's secret: a string that is overwritten before its memory is freed.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view text) : text_(text) {}
  Secret(const Secret&) = default;
  Secret& operator=(const Secret& other);
  ~Secret() { wipe(); }

  const std::string& text() const { return text_; }

 private:
  void wipe() noexcept;
  std::string text_;
};

}  // namespace client
