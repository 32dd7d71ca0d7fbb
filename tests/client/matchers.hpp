#pragma once

/// Matchers and printers that doctest does not have, so that a failed check shows its text.

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace test {

/// Equal to any text that contains this one: CHECK(text == containing("part")).
struct Containing {
  std::string part;
};

inline Containing containing(std::string part) {
  return {std::move(part)};
}

inline bool operator==(const std::string& text, const Containing& wanted) {
  return text.find(wanted.part) != std::string::npos;
}

inline std::ostream& operator<<(std::ostream& out, const Containing& wanted) {
  return out << "a text that contains: " << wanted.part;
}

}  // namespace test

/// Prints a list of words, such as a command that a fake server received.
template <>
struct doctest::StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string>& words) {
    std::string line = "[";
    for (const auto& word : words) line += (line.size() > 1 ? ", " : "") + word;
    return (line + "]").c_str();
  }
};
