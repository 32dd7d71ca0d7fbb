#pragma once

/// Runs a piece of code at the end of the scope, however the scope is left: also by an exception or
/// by the forced unwinding of a pthread_cancel.
///
///     const seam::ScopeExit close([&] { ::close(file); });

#include <utility>

namespace seam {

template <typename Body>
class [[nodiscard]] ScopeExit {
 public:
  /// Takes the code to run. It must not throw.
  explicit ScopeExit(Body body) : body_(std::move(body)) {}
  ~ScopeExit() { body_(); }
  ScopeExit(const ScopeExit&) = delete;
  ScopeExit& operator=(const ScopeExit&) = delete;

 private:
  Body body_;
};

}  // namespace seam
