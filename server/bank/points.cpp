#include "server/bank/points.hpp"

#include "server/bank/text.hpp"

namespace bank {
namespace {

#define INFO(id, text, cancellable, step, passed_by, held, state) \
  cancel::PointInfo{text, cancellable},
constexpr auto table = std::to_array({ CANCELLATION_POINTS(INFO) });
#undef INFO

}  // namespace

void install_points() {
  cancel::set_points(table);
}

std::optional<Point> point_named(std::string_view name) {
  for (const PointDescription& description : point_descriptions) {
    if (same_word(description.name, name)) return description.point;
  }
  return std::nullopt;
}

}  // namespace bank
