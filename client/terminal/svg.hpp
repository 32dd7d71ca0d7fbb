#pragma once

/// The shapes of a picture in SVG. `kind` is the class of a style; a title is shown by a reader
/// that is pointed at the shape. Texts and titles may hold anything: they are escaped. Pure.

#include <string>
#include <string_view>

namespace client::svg {

/// Returns the number as SVG writes it, with one decimal.
std::string number(double value);
std::string text(double x, double y, std::string_view words, const char* kind = "label");
std::string line(const char* kind, double x1, double y1, double x2, double y2,
                 std::string_view title = {});
std::string bar(const char* kind, double x1, double x2, double y, double height,
                std::string_view title);
std::string dot(const char* kind, double x, double y, std::string_view title = {});

}  // namespace client::svg
