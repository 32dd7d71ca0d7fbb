#include "tests/exercises/columns.hpp"

#include <algorithm>
#include <regex>
#include <sstream>
#include <vector>

namespace exercise {
namespace {

using Row = std::vector<std::string>;

constexpr std::string_view bar = " | ";

Row cells_of(const std::string& line) {
  Row cells;
  for (std::size_t from = 0; from <= line.size();) {
    const std::size_t to = std::min(line.find(bar, from), line.size());
    std::string cell = line.substr(from, to - from);
    cell.erase(cell.find_last_not_of(" |") + 1);
    cell.erase(0, cell.find_first_not_of(' '));
    cells.push_back(std::move(cell));
    from = to + bar.size();
  }
  return cells;
}

/// The cell as it is shown; empty if it is left out. Of the boss only its cancels are.
std::string shown(const std::string& cell, const std::string& thread) {
  if (thread == "boss" && !cell.starts_with("cancel")) return {};
  static const std::regex unnamed(" #[0-9]+");
  static const std::regex plain("enter|leave|release.*|let happen.*|create.*|join.*");
  if (std::regex_match(cell, plain)) return {};
  const std::string rest = std::regex_replace(cell, unnamed, "");
  if (rest == cell) return cell;
  if (rest.starts_with("wake, ")) return rest.substr(0, rest.rfind(", on")).replace(0, 4, "wakes");
  if (rest.starts_with("wait")) return rest == "wait" ? "waits" : rest;
  return rest.find('[') == rest.npos ? std::string() : rest;
}

/// The width in print: a character may take several bytes.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

std::string table(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += (i == 0 ? "  " : std::string(bar)) + row[i];
      line.append(widths[i] - width_of(row[i]), ' ');
    }
    text += line.substr(0, line.find_last_not_of(" |") + 1) + "\n";
  }
  return text;
}

/// Removes the columns that have only a heading.
void remove_empty_columns(std::vector<Row>& rows) {
  for (std::size_t i = rows.front().size(); i-- > 0;) {
    const bool empty =
        std::all_of(rows.begin() + 1, rows.end(), [i](const Row& row) { return row[i].empty(); });
    if (!empty) continue;
    for (Row& row : rows) row.erase(row.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

}  // namespace

std::string shortened(const std::string& columns) {
  std::istringstream lines(columns);
  std::vector<Row> rows;
  for (std::string line; std::getline(lines, line);) {
    Row row = cells_of(line);
    if (!rows.empty()) {
      row.resize(rows.front().size());
      for (std::size_t i = 0; i < row.size(); ++i) row[i] = shown(row[i], rows.front()[i]);
      const auto filled = [](const std::string& cell) { return !cell.empty(); };
      if (std::none_of(row.begin(), row.end(), filled)) continue;
    }
    rows.push_back(std::move(row));
  }
  if (rows.size() < 2) return {};
  remove_empty_columns(rows);
  return rows.front().empty() ? std::string() : table(rows);
}

std::string waiters(const std::string& deadlock) {
  static const std::regex each("(?:deadlock: |; )([^:;]+): ([^;]*?)(?:, after [^;]*)?(?=;|$)");
  static const std::regex asleep("wake, .*");
  std::string text;
  for (std::sregex_iterator at(deadlock.begin(), deadlock.end(), each), end; at != end; ++at) {
    const std::string thread = (*at)[1];
    if (thread == "boss") continue;
    const std::string step = std::regex_replace((*at)[2].str(), asleep, "waits to be woken");
    text += "  " + thread + ": " + step + "\n";
  }
  return text;
}

}  // namespace exercise
