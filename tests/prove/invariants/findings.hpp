#pragma once

/// Collects the sentences that are violated.

#include <sstream>
#include <string>
#include <vector>

namespace invariants {

class Findings {
 public:
  /// Adds "rule: particulars" unless `holds`.
  template <typename... Particulars>
  void require(bool holds, const char* rule, const Particulars&... particulars) {
    if (holds) return;
    std::ostringstream text;
    text << rule << ":";
    ((text << ' ' << particulars), ...);
    sentences_.push_back(text.str());
  }
  std::vector<std::string> sentences() && { return std::move(sentences_); }
  std::vector<std::string> sentences() const& { return sentences_; }

 private:
  std::vector<std::string> sentences_;
};

}  // namespace invariants
