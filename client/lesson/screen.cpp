#include "client/lesson/screen.hpp"

#include <algorithm>
#include <cstdio>

#include "client/lesson/keyboard.hpp"

namespace lesson {

namespace {

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

// Returns where to break a line of code that is wider than the room: after a blank, if it has one.
std::size_t break_of(std::string_view text, std::size_t room) {
  if (text.size() <= room) return text.size();
  const auto blank = text.rfind(' ', room - 1);
  return blank == text.npos || blank <= text.find_first_not_of(' ') ? room : blank + 1;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;  // not a continuation byte
  }));
}

void Screen::line(std::string_view text, Style style) {
  ++lines_;
  widest_ = std::max(widest_, columns_of(text));
  if (manner_.check) return;
  if (manner_.rows > 0 && ++since_input_ >= manner_.rows) wait_for_key();
  const bool coloured = manner_.colour && style != Style::plain && !text.empty();
  const std::string_view on = coloured ? escape(style) : "";
  const std::string_view off = coloured ? "\033[0m" : "";
  std::printf("%s%.*s%s\n", on.data(), static_cast<int>(text.size()), text.data(), off.data());
}

void Screen::paragraph(std::string_view text, Style style, std::string_view first) {
  const std::string indent(columns_of(first), ' ');
  std::string row(first);
  bool row_is_empty = true;
  bool ends_paragraph = false;
  bool is_first = true;
  for (std::string_view word = next_word(text, ends_paragraph); !word.empty();
       word = next_word(text, ends_paragraph)) {
    const bool fits = columns_of(row) + 1 + columns_of(word) <= manner_.width;
    if (!row_is_empty && (ends_paragraph || !fits)) {
      line(row, style);
      if (ends_paragraph && !is_first) blank();
      row = indent;
      row_is_empty = true;
    }
    if (!row_is_empty) row += ' ';
    row += word;
    row_is_empty = is_first = false;
  }
  if (!row_is_empty) line(row, style);
}

void Screen::code(const std::vector<CodeLine>& lines, std::string_view path) {
  constexpr std::size_t margin = 7;
  const std::size_t room = manner_.width - margin;
  std::string row;
  const auto start_row = [&](std::string text) {
    if (!row.empty()) line(row);
    row = std::move(text);
  };
  for (const CodeLine& each : lines) {
    std::string number = std::to_string(each.number);
    number.insert(0, 5 - std::min<std::size_t>(number.size(), 5), ' ');
    std::string_view rest = each.text;
    std::size_t end = break_of(rest, room);
    start_row(number + (rest.empty() ? "" : "  ") + std::string(rest.substr(0, end)));
    const std::string indent(std::min(rest.find_first_not_of(' '), rest.size()) + 4 + margin, ' ');
    for (rest.remove_prefix(end); !rest.empty(); rest.remove_prefix(end)) {
      end = break_of(rest, manner_.width - std::min(indent.size(), manner_.width / 2));
      start_row(indent + std::string(rest.substr(0, end)));
    }
  }
  // The path is at the right edge: of the last line if there is room.
  if (columns_of(row) + 2 + path.size() > manner_.width) start_row("");
  const std::size_t used = columns_of(row) + path.size();
  line(row + std::string(manner_.width - std::min(used, manner_.width), ' ') + std::string(path));
}

void Screen::wait_for_key() {
  prompt("(any key)");
  await_key();
  prompt("\r         \r");
  since_input_ = 1;
}

void Screen::prompt(std::string_view text) {
  std::printf("%.*s", static_cast<int>(text.size()), text.data());
  std::fflush(stdout);
}

}  // namespace lesson
