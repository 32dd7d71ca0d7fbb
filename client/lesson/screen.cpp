#include "client/lesson/screen.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "client/lesson/keyboard.hpp"

namespace lesson {

namespace {

constexpr std::size_t number_columns = 7;  // before a line of code

std::string_view escape(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::title:
      return "\033[1m";
    case Style::dim:
      return "\033[2m";
    case Style::question:
      return "\033[33m";
    case Style::good:
      return "\033[32m";
    case Style::bad:
      return "\033[31m";
  }
  return "";
}

// Takes the next word from the text; empty at its end. `ends_paragraph`: an empty line came first.
std::string_view next_word(std::string_view& text, bool& ends_paragraph) {
  const auto start = std::min(text.find_first_not_of(" \n"), text.size());
  const std::string_view gap = text.substr(0, start);
  ends_paragraph = std::count(gap.begin(), gap.end(), '\n') > 1;
  text.remove_prefix(start);
  const std::string_view word = text.substr(0, text.find_first_of(" \n"));
  text.remove_prefix(word.size());
  return word;
}

// Returns where the comment at the end of a line of code starts, with the blanks before it, or
// npos.
std::size_t comment_of(std::string_view text) {
  const auto comment = text.find("  // ");
  const bool has_code = comment != text.npos && text.find_first_not_of(' ') < comment;
  return has_code ? text.find_last_not_of(' ', comment) + 1 : text.npos;
}

// Returns a line of code whose comment is not aligned with those of other lines.
std::string squeezed(std::string_view text) {
  const auto comment = comment_of(text);
  if (comment == text.npos) return std::string(text);
  const auto slashes = text.find("//", comment);
  return std::string(text.substr(0, comment)) + "  " + std::string(text.substr(slashes));
}

// Returns where to break a line of code that is wider than the room: before its comment, or after a
// blank, if it has one.
std::size_t break_of(std::string_view text, std::size_t room) {
  if (columns_of(text) <= room) return text.size();
  const auto comment = comment_of(text);
  if (comment <= room) return comment;
  const auto blank = text.rfind(' ', room - 1);
  return blank == text.npos || blank <= text.find_first_not_of(' ') ? room : blank + 1;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;  // not a continuation byte
  }));
}

void put(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size()) return;
  throw OutputLost(errno, std::generic_category());
}

void flush() {
  if (std::fflush(stdout) != 0) throw OutputLost(errno, std::generic_category());
}

std::string numbered_margin(int number) {
  std::string margin = std::to_string(number);
  margin.insert(0, 5 - std::min<std::size_t>(margin.size(), 5), ' ');
  return margin + "  ";
}

void Screen::line(std::string_view text, Style style, std::size_t dim) {
  ++lines_;
  widest_ = std::max(widest_, columns_of(text));
  if (manner_.check) return;
  if (manner_.rows > 0 && ++since_input_ >= manner_.rows) wait_for_key();
  const auto print = [this](std::string_view part, Style its) {
    const bool coloured = manner_.colour && its != Style::plain && !part.empty();
    if (coloured) put(escape(its));
    put(part);
    if (coloured) put("\033[0m");
  };
  print(text.substr(0, dim), Style::dim);
  print(text.substr(dim), style);
  put("\n");
}

void Screen::keep_together(std::size_t count) {
  const bool fits_on_a_page = count < manner_.rows;
  if (!manner_.check && fits_on_a_page && since_input_ + count >= manner_.rows) wait_for_key();
}

std::vector<std::string> Screen::wrapped(std::string_view text, std::string_view first) const {
  const std::string indent(columns_of(first), ' ');
  std::vector<std::string> rows{std::string(first)};
  bool row_is_empty = true;
  bool ends_paragraph = false;
  bool is_first = true;
  for (std::string_view word = next_word(text, ends_paragraph); !word.empty();
       word = next_word(text, ends_paragraph)) {
    const bool fits = columns_of(rows.back()) + 1 + columns_of(word) <= manner_.width;
    if (!row_is_empty && (ends_paragraph || !fits)) {
      if (ends_paragraph && !is_first) rows.emplace_back();
      rows.push_back(indent);
      row_is_empty = true;
    }
    if (!row_is_empty) rows.back() += ' ';
    rows.back() += word;
    row_is_empty = is_first = false;
  }
  if (row_is_empty) rows.clear();
  return rows;
}

void Screen::paragraph(std::string_view text, Style style, std::string_view first) {
  const auto rows = wrapped(text, first);
  keep_together(rows.size());
  for (const std::string& row : rows) line(row, style);
}

std::vector<std::string> Screen::numbered(const std::vector<CodeLine>& lines) const {
  const std::size_t room = manner_.width - number_columns;
  std::vector<std::string> rows;
  int expected = lines.empty() ? 0 : lines.front().number;
  for (const CodeLine& each : lines) {
    if (each.number != expected) rows.emplace_back();
    expected = each.number + 1;
    const bool fits = columns_of(each.text) <= room;
    const std::string text = fits ? std::string(each.text) : squeezed(each.text);
    std::string_view rest = text;
    std::string row = numbered_margin(each.number);
    const auto code_at = std::min(rest.find_first_not_of(' '), rest.size());
    const std::size_t indent = std::min(code_at + 4 + number_columns, manner_.width / 2);
    for (bool is_first = true; is_first || !rest.empty(); is_first = false) {
      const std::size_t end = break_of(rest, manner_.width - row.size());
      row += rest.substr(0, end);
      rows.push_back(row.substr(0, row.find_last_not_of(' ') + 1));
      rest.remove_prefix(end);
      rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
      row.assign(indent, ' ');
    }
  }
  return rows;
}

void Screen::code(const std::vector<CodeLine>& lines, std::string_view path) {
  auto rows = numbered(lines);
  const bool has_room =
      !rows.empty() && columns_of(rows.front()) + 2 + path.size() <= manner_.width;
  if (!has_room) rows.insert(rows.begin(), "");
  const std::size_t used = columns_of(rows.front()) + path.size();
  rows.front().append(manner_.width - std::min(used, manner_.width), ' ').append(path);
  for (auto row = rows.begin(); row != rows.end(); ++row) {
    const bool begins_definition = row == rows.begin() || std::prev(row)->empty();
    const auto end = std::find(row, rows.end(), "");
    if (begins_definition) keep_together(static_cast<std::size_t>(end - row));
    line(*row, Style::plain, std::min(row->size(), number_columns));
  }
}

void Screen::wait_for_key() {
  prompt("(any key)");
  await_key();
  prompt("\r         \r");
  since_input_ = 1;
}

void Screen::prompt(std::string_view text) {
  put(text);
  flush();
}

}  // namespace lesson
