#include "server/bank/grammar.hpp"

#include <algorithm>

#include "server/bank/text.hpp"

namespace bank {

bool Grammar::names(WordSpan command) const {
  return command.size() >= name_count_ &&
         std::equal(name().begin(), name().end(), command.begin(),
                    [](auto a, auto& b) { return same_word(a, b); });
}

std::size_t Grammar::option_named(std::string_view word) const {
  const auto options = std::span(option_).first(option_count_);
  const auto found = std::find_if(options.begin(), options.end(), [word](const Option& option) {
    return same_word(option.name, word);
  });
  return static_cast<std::size_t>(found - options.begin());
}

}  // namespace bank
