#pragma once

/// The tests of an exercise. Each runs the learner's code in many orders of its threads, under both
/// mechanisms, in a process of its own that may hang or die. The first that fails is reported in
/// one sentence and, where threads took turns, with the order that broke it, a column for each
/// thread.
///
///     const exercise::Trial alone{"a deposit alone", {}, [](explore::Run& run, Mechanism) {
///       …
///       run.check(balance == 60, "The deposit was answered, but not stored.");
///     }};

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "server/cancel/unwinding.hpp"
#include "tests/scheduler/explore.hpp"

namespace exercise {

using cancel::Mechanism;

class Trial {
 public:
  struct Options {
    std::string_view stuck = "The threads wait for each other for ever.";
    bool posix = true;       // whether it makes a difference which mechanism cancels
    std::size_t runs = 300;  // the most orders of each kind that are tried
  };
  using Body = std::function<void(explore::Run&, Mechanism)>;

  /// Registers the test. `name` is what it tries; literals.
  Trial(std::string_view name, const Options& options, Body body);
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  std::string_view name() const { return name_; }
  const Options& options() const { return options_; }
  const Body& body() const { return body_; }

 private:
  const std::string_view name_;
  const Options options_;
  const Body body_;
};

/// Returns the tests that are linked, in the order of their registration.
std::vector<const Trial*>& trials();

/// The fault that a test found.
struct Fault {
  std::string sentence;
  std::string columns;  // the order of the threads; empty if there is only one
};

/// Runs the test in a child process. Returns an empty sentence if it passed. Blocks for at most
/// half a minute.
Fault run(const Trial& trial);

/// Shows the text in the column of the calling thread; a literal.
void note(std::string_view text);
/// Gives an object of the seam a name in the columns. Steps on objects without a name are not
/// shown.
void name(const void* object, std::string_view its_name);

}  // namespace exercise
