#pragma once

/// The normal form of a run, which is the same for equivalent orders.

#include <string>
#include <vector>

#include "tests/scheduler/step.hpp"

namespace explore {

/// Returns the same text for all orders that differ only by swaps of steps without a conflict:
/// among the steps that can come first, it always takes the one of the lowest thread.
inline std::string normal_form(std::vector<Step> steps) {
  std::erase_if(steps, [](const Step& step) { return step.what > What::await; });
  std::string text;
  while (!steps.empty()) {
    std::size_t lowest = steps.size();
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (lowest < steps.size() && steps[i].thread >= steps[lowest].thread) continue;
      bool first = true;
      for (std::size_t j = 0; j < i && first; ++j) first = !conflict(steps[j], steps[i]);
      if (first) lowest = i;
    }
    const Step& step = steps[lowest];
    text += std::to_string(step.thread) + (step.woken == seam::Woken::cancelled ? "c " : " ");
    steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(lowest));
  }
  return text;
}

}  // namespace explore
