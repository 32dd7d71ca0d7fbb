#pragma once

/// Collects the sentences that do not hold.

#include <sstream>
#include <string>
#include <vector>

namespace invariants {

class Findings {
 public:
  /// If it does not hold: the rule, a colon, the particulars.
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
