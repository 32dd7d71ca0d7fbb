#include "client/terminal/svg.hpp"

#include <algorithm>
#include <cstdio>

#include "client/terminal/text.hpp"

namespace client::svg {

namespace {

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

}  // namespace

std::string number(double value) {
  char spelled[32];
  std::snprintf(spelled, sizeof spelled, "%.1f", value);
  return spelled;
}

std::string text(double x, double y, std::string_view words, const char* kind) {
  return "<text class=\"" + std::string(kind) + "\" x=\"" + number(x) + "\" y=\"" + number(y) +
         "\">" + escaped(words) + "</text>\n";
}

std::string line(const char* kind, double x1, double y1, double x2, double y2,
                 std::string_view title) {
  return "<line class=\"" + std::string(kind) + "\" x1=\"" + number(x1) + "\" y1=\"" + number(y1) +
         "\" x2=\"" + number(x2) + "\" y2=\"" + number(y2) + "\"><title>" + escaped(title) +
         "</title></line>\n";
}

std::string bar(const char* kind, double x1, double x2, double y, double height,
                std::string_view title) {
  return "<rect class=\"" + std::string(kind) + "\" x=\"" + number(x1) + "\" y=\"" + number(y) +
         "\" width=\"" + number(std::max(x2 - x1, 1.0)) + "\" height=\"" + number(height) +
         "\"><title>" + escaped(title) + "</title></rect>\n";
}

std::string dot(const char* kind, double x, double y, std::string_view title) {
  return "<circle class=\"" + std::string(kind) + "\" cx=\"" + number(x) + "\" cy=\"" + number(y) +
         "\" r=\"2.5\"><title>" + escaped(title) + "</title></circle>\n";
}

}  // namespace client::svg
