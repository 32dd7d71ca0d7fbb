#pragma once

/// A request as another thread sees it. The parts are read one after the other, so a
/// request that goes on meanwhile may show a stage and a point that did not coincide.

#include <cstdint>
#include <string_view>
#include <vector>

#include "server/cancel/cleanup.hpp"
#include "server/cancel/points.hpp"
#include "server/cancel/stage.hpp"

namespace cancel {

struct RequestView {
  Stage stage;
  PointIndex point;
  bool held;
  std::string_view waiting;                // "lock", "hold", …; empty if it does not wait
  std::int64_t waiting_for;                // the subject of the wait: an account
  std::vector<CleanupName> cleanup;        // topmost first
  std::vector<PointIndex> passed;          // in order
  std::vector<std::int64_t> passed_at_us;  // since admission; empty unless watched
  std::int64_t age_us;                     // since admission
};

}  // namespace cancel
