#pragma once

/// A transaction's early end: it will change nothing more, and this is its answer. Thrown from
/// anywhere in its body; the unwinding releases what it holds, as it does for a cancel.

#include <string>
#include <utility>

#include "server/bank/reply.hpp"

namespace bank {

class Refusal {
 public:
  explicit Refusal(Reply answer) : answer_(std::move(answer)) {}
  Refusal(std::string code, std::string text)
      : answer_(Reply::error(std::move(code), std::move(text))) {}
  /// Moved out, so that a refusal is told also where there is no memory for a copy.
  Reply answer() && { return std::move(answer_); }

 private:
  Reply answer_;
};

}  // namespace bank
