#pragma once

/// Prints the lines of a lesson to standard output, wrapped and coloured, and measures how long the
/// lesson is.

#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "client/lesson/excerpt.hpp"

namespace lesson {

/// How a lesson is shown.
struct Manner {
  bool check = false;      // prints nothing but failures
  bool asks = false;       // a person is at the terminal
  bool pause = false;      // waits for a key between the steps
  bool colour = false;     // with escape sequences
  std::size_t width = 80;  // columns
  std::size_t rows = 0;    // waits for a key when so many lines have been printed; 0: never
  std::string mechanism = "token";
};

/// Standard output takes no more: its reader has left, or the disk is full.
class OutputLost : public std::system_error {
  using std::system_error::system_error;
};

/// Write to standard output; text is buffered until the flush. Throw OutputLost.
void put(std::string_view text);
void flush();

/// Returns a line number of code with the blanks around it: 7 columns.
std::string numbered_margin(int number);

enum class Style { plain, title, dim, question, good, bad };

class Screen {
 public:
  explicit Screen(const Manner& manner) : manner_(manner) {}

  /// Prints text whose line ends count as blanks, wrapped to the width; an empty line separates
  /// paragraphs. `first` precedes the first line, as many blanks the others.
  void paragraph(std::string_view text, Style style = Style::plain, std::string_view first = "");
  /// Prints one line as it is, its first `dim` bytes dimmed.
  void line(std::string_view text, Style style = Style::plain, std::size_t dim = 0);
  /// Prints lines of code with their numbers; one that is too long is continued below, and a gap in
  /// the numbers is an empty line. The path is at the right edge of the first line.
  void code(const std::vector<CodeLine>& lines, std::string_view path);
  /// The next `count` lines belong together. If the page has no room for them, waits for a key now.
  void keep_together(std::size_t count);
  void blank() { line(""); }
  /// Prints text without ending the line, and flushes.
  void prompt(std::string_view text);
  /// Waits for a key, with a line that says so.
  void wait_for_key();
  /// The person has typed something, and so has seen what is on the screen.
  void note_input() { since_input_ = 0; }

  /// The size of all it has printed, or would have printed without `check`.
  std::size_t lines() const { return lines_; }
  std::size_t widest() const { return widest_; }

 private:
  std::vector<std::string> wrapped(std::string_view text, std::string_view first) const;
  std::vector<std::string> numbered(const std::vector<CodeLine>& lines) const;
  const Manner& manner_;
  std::size_t lines_ = 0;
  std::size_t widest_ = 0;
  std::size_t since_input_ = 0;  // lines
};

/// Returns how many columns the text takes: one for each UTF-8 character.
std::size_t columns_of(std::string_view text);

}  // namespace lesson
