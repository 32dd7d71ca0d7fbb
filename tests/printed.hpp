#pragma once

/// Lets doctest print containers, so that a failed CHECK shows their values instead of {?}.

#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace printed {

template <typename Range>
doctest::String list(const Range& range) {
  std::string text = "[";
  for (const auto& element : range) {
    if (text.size() > 1) text += ", ";
    using doctest::toString;
    text += toString(element).c_str();
  }
  return (text + "]").c_str();
}

}  // namespace printed

namespace doctest {

template <typename T>
struct StringMaker<std::vector<T>> {
  static String convert(const std::vector<T>& range) { return printed::list(range); }
};

template <typename T>
struct StringMaker<std::set<T>> {
  static String convert(const std::set<T>& range) { return printed::list(range); }
};

}  // namespace doctest
