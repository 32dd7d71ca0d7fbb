#pragma once

/// A mistake that can be played: what its file says, NAME.game beside this one. The certified patch
/// of the same name makes the mistake: tests/prove/mistakes/NAME.patch.

#include <string>
#include <string_view>
#include <vector>

namespace lesson {

struct Mistake {
  std::string name;
  std::string title;
  int minutes = 0;
  std::string mechanism;  // of the server: token or posix
  std::string goal;       // in one line
  std::string wins;       // a part of the violation that is the goal
  std::string about;      // paragraphs to begin with
  std::vector<std::string> hints;
  std::vector<std::string> commands;  // the last hint: a complete winning sequence
  std::string why;
  std::string where;  // PATH | TEXT IN THE FILE | SENTENCE
  // A failing schedule of the explorer.
  std::string plan;
  std::string schedule;
  std::string breaks;   // the invariant
  std::string columns;  // its steps, those that matter
};

/// Parses the file of a mistake: lines `Field: text`, continued by lines that begin with a blank; a
/// field of several parts is repeated. The columns follow an empty line. Throws std::runtime_error
/// that names the field which is missing or unknown.
Mistake parse_mistake(std::string_view name, std::string_view text);

/// Reads all mistakes that are part of this program, in the order of minutes and names.
std::vector<Mistake> all_mistakes();

}  // namespace lesson
