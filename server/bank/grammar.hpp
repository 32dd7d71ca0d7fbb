#pragma once

/// How a command is written: its usage text, which is also its grammar.
///
///     TXN CANCEL handle [REASON text] [WAIT ms]
///
/// Words in upper case are written as they are (in any case); those at the beginning are the
/// command's name. Words in lower case are values. Brackets hold what may be left out: one value
/// ("[message]"), any number of values ("[name …]"), or an option, which is an upper-case word with
/// its values. Options come last, in any order, each at most once. A mistake in a usage text does
/// not compile.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace bank {

using WordSpan = std::span<const std::string>;

class Grammar {
 public:
  consteval Grammar(const char* usage) : usage_(usage) {
    std::string_view rest = usage_;
    while (!rest.empty()) add(next_part(rest));
  }

  std::string_view usage() const { return usage_; }
  /// The words of the name: TXN, CANCEL.
  std::span<const std::string_view> name() const { return std::span(name_).first(name_count_); }
  /// The number of words, the name included; negative if there may be more.
  std::int64_t arity() const {
    const auto least = static_cast<std::int64_t>(name_count_ + value_count_);
    return option_count_ == 0 && optional_value_.empty() ? least : -least;
  }
  /// True if the command begins with the whole name.
  bool names(WordSpan command) const;

  /// Reads a command that begins with the name: calls read(what, values) for each value in turn.
  /// `what` is the value's name in lower case, or the option's in upper case. Returns false, after
  /// reading as far as it could, if the command is not written like this.
  template <typename Read>
  bool read(WordSpan command, const Read& read) const {
    WordSpan rest = command.subspan(name_count_);
    if (rest.size() < value_count_) return false;
    for (std::size_t i = 0; i < value_count_; ++i) read(value_[i], take(rest, 1));
    if (any_number_) {
      read(optional_value_, rest);
      return true;
    }
    if (!optional_value_.empty() && !rest.empty()) read(optional_value_, take(rest, 1));
    std::array<bool, most> seen{};
    while (!rest.empty()) {
      const std::size_t found = option_named(rest[0]);
      if (found == option_count_ || seen[found] || rest.size() <= option_[found].values)
        return false;
      seen[found] = true;
      take(rest, 1);
      read(option_[found].name, take(rest, option_[found].values));
    }
    return true;
  }

 private:
  static constexpr std::size_t most = 4;
  struct Option {
    std::string_view name;
    std::size_t values = 0;
  };

  static WordSpan take(WordSpan& rest, std::size_t count) {
    const auto taken = rest.first(count);
    rest = rest.subspan(count);
    return taken;
  }
  /// Its index; option_count_ if there is no such option.
  std::size_t option_named(std::string_view word) const;

  /// Cuts the first word, or the first brackets with what they hold, off the text.
  static constexpr std::string_view next_part(std::string_view& rest) {
    const bool brackets = rest.starts_with('[');
    const std::size_t end = brackets ? rest.find(']') + 1 : std::min(rest.find(' '), rest.size());
    if (end == 0) throw "a bracket is not closed";
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(end);
    if (rest.starts_with(' ')) rest.remove_prefix(1);
    return part;
  }
  static constexpr bool is_upper(std::string_view word) { return word[0] >= 'A' && word[0] <= 'Z'; }

  constexpr void add(std::string_view part) {
    if (part.starts_with('[')) return add_optional(part.substr(1, part.size() - 2));
    if (option_count_ > 0 || !optional_value_.empty()) throw "optional parts come last";
    if (!is_upper(part)) {
      value_.at(value_count_++) = part;
    } else if (value_count_ == 0) {
      name_.at(name_count_++) = part;
    } else {
      throw "a name comes before the values";
    }
  }
  constexpr void add_optional(std::string_view inside) {
    const std::string_view first = next_part(inside);
    if (is_upper(first)) {
      Option& option = option_.at(option_count_++);
      option.name = first;
      for (; !inside.empty(); next_part(inside)) ++option.values;
      if (option.values == 0) throw "an option has a value";
    } else if (option_count_ == 0 && optional_value_.empty()) {
      optional_value_ = first;
      any_number_ = inside == "…";
    } else {
      throw "one optional value, before the options";
    }
  }

  std::string_view usage_;
  std::array<std::string_view, most> name_{};
  std::array<std::string_view, most> value_{};
  std::array<Option, most> option_{};
  std::string_view optional_value_;
  bool any_number_ = false;
  std::size_t name_count_ = 0;
  std::size_t value_count_ = 0;
  std::size_t option_count_ = 0;
};

}  // namespace bank
