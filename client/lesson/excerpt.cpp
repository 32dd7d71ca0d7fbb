#include "client/lesson/excerpt.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <stdexcept>

namespace lesson {

namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

// True if the name is in the line as a whole word, outside a comment.
bool names(std::string_view line, std::string_view name) {
  const std::string_view code = line.substr(0, line.find("//"));
  for (auto at = code.find(name); at != code.npos; at = code.find(name, at + 1)) {
    const bool starts = at == 0 || !is_word(code[at - 1]);
    const bool ends = at + name.size() == code.size() || !is_word(code[at + name.size()]);
    if (starts && ends) return true;
  }
  return false;
}

// Returns the index of the last line of a definition that starts at `first`, or nothing if no
// definition does: its head ends with an opening brace, and a brace in the same column closes it.
std::optional<std::size_t> end_of(const std::vector<CodeLine>& lines, std::size_t first) {
  std::size_t at = first;
  while (lines[at].text.find('{') == std::string_view::npos) {
    if (lines[at].text.find(';') != std::string_view::npos || ++at == lines.size()) return {};
  }
  const std::string_view head = lines[at].text;
  if (head.ends_with("}") || head.ends_with("};")) return at;
  const std::size_t indent = indent_of(lines[first].text);
  while (++at < lines.size()) {
    const std::string_view line = lines[at].text;
    if (indent_of(line) == indent && line.substr(indent).starts_with("}")) return at;
  }
  return {};
}

}  // namespace

std::vector<CodeLine> lines_of(std::string_view path) {
  const auto files = source_files();
  const auto file = std::find_if(files.begin(), files.end(),
                                 [&](const SourceFile& each) { return each.path == path; });
  if (file == files.end()) throw std::out_of_range("no source file " + std::string(path));
  std::vector<CodeLine> lines;
  for (std::string_view rest = file->text; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    lines.push_back({static_cast<int>(lines.size()) + 1, rest.substr(0, end)});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return lines;
}

std::vector<CodeLine> definition(std::string_view path, std::string_view name) {
  const auto lines = lines_of(path);
  std::optional<std::pair<std::size_t, std::size_t>> found;
  for (std::size_t first = 0; first < lines.size(); ++first) {
    if (!names(lines[first].text, name)) continue;
    const auto last = end_of(lines, first);
    // A definition is indented less than its uses.
    if (!last || (found && indent_of(lines[found->first].text) <= indent_of(lines[first].text))) {
      continue;
    }
    found = {first, *last};
  }
  if (!found) throw std::out_of_range(std::string(path) + " does not define " + std::string(name));
  return {lines.begin() + static_cast<std::ptrdiff_t>(found->first),
          lines.begin() + static_cast<std::ptrdiff_t>(found->second) + 1};
}

}  // namespace lesson
