#include <algorithm>
#include <tuple>

#include "client/lesson/excerpt.hpp"
#include "client/lesson/mistakes/mistake.hpp"

namespace lesson {

std::vector<Mistake> all_mistakes() {
  constexpr std::string_view folder = "client/lesson/mistakes/";
  constexpr std::string_view end = ".game";
  std::vector<Mistake> all;
  for (const SourceFile& file : source_files()) {
    if (!file.path.starts_with(folder) || !file.path.ends_with(end)) continue;
    const auto name =
        file.path.substr(folder.size(), file.path.size() - folder.size() - end.size());
    all.push_back(parse_mistake(name, file.text));
  }
  std::sort(all.begin(), all.end(), [](const Mistake& a, const Mistake& b) {
    return std::tie(a.minutes, a.name) < std::tie(b.minutes, b.name);
  });
  return all;
}

}  // namespace lesson
