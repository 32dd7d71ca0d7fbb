#pragma once

/// Draws events as a timeline: one self-contained SVG picture, light or dark as the reader's system
/// is.

#include <string>
#include <string_view>
#include <vector>

#include "client/terminal/event.hpp"

namespace client {

/// Returns the picture: a lane for each transaction, in the order of their first events. `unit` is
/// that of the events' times; times in µs are shown in ms if they are long. Pure. The texts of
/// events may hold anything; they are escaped.
std::string timeline(const std::vector<Event>& events, std::string_view unit);

}  // namespace client
