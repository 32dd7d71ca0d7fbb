#include "server/cancel/stage.hpp"

#include "server/seam/require.hpp"

namespace cancel {

std::string_view name(Stage stage) {
  switch (stage) {
    case Stage::queued:
      return "queued";
    case Stage::running:
      return "running";
    case Stage::committing:
      return "committing";
    case Stage::committed:
      return "committed";
    case Stage::unknown:
      return "unknown";
    case Stage::answered:
      return "answered";
    case Stage::cancelling:
      return "cancelling";
    case Stage::cancelled:
      return "cancelled";
  }
  return "";
}

CancelAttempt StageWord::cancel() {
  Stage found = load();
  while (found == Stage::queued || found == Stage::running) {
    if (word_.compare_exchange(found, Stage::cancelling)) return {true, found};
  }
  return {false, found};
}

void StageWord::end(Stage last) {
  const Stage from = last == Stage::cancelled ? Stage::cancelling : Stage::committing;
  seam::require(swap(from, last), "only the owner of a stage makes its last transition");
}

}  // namespace cancel
