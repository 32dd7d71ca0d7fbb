#pragma once

/// A text that is the same for all equivalent orders of a run.

#include <string>
#include <vector>

#include "tests/scheduler/step.hpp"

namespace explore {

/// Writes the steps in a fixed order: of those that could come first, always the step of the lowest
/// thread. Orders that differ only by swaps of steps that do not conflict give the same text.
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
