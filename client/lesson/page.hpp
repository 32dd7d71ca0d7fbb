#pragma once

/// The page of a lesson: it explains, asks before the run, shows what was measured, and claims
/// only what it has checked. One page for one run of one lesson.

#include <initializer_list>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/lesson/lessons.hpp"
#include "client/lesson/screen.hpp"

namespace lesson {

/// Under ThreadSanitizer a lesson skips what its run-time library cannot bear.
#ifdef __SANITIZE_THREAD__
inline constexpr bool under_thread_sanitizer = true;
#else
inline constexpr bool under_thread_sanitizer = false;
#endif

/// A question, and the choice of the person who was asked; empty if no person was.
struct Question {
  std::vector<std::string> choices;
  std::string predicted;
};

class Page {
 public:
  /// Prints the title. `lesson` and `manner` outlive the page.
  Page(const Lesson& lesson, const Manner& manner);

  // ── Explaining ──────────────────────────────────────────────────────────────────────────────

  /// Prints paragraphs, made of texts and numbers. Line ends count as blanks; an empty line
  /// separates paragraphs. With --pause, waits for a key first.
  template <typename... Parts>
  void text(const Parts&... parts) {
    explain(joined(parts...));
  }
  /// Prints the definition of a function or class with its line numbers, from this lesson's file or
  /// another file of the tree. Throws std::out_of_range if there is no such definition.
  void code(std::string_view name, std::string_view path = "") { code({name}, path); }
  /// Prints several definitions of one file, in this order.
  void code(std::initializer_list<std::string_view> names, std::string_view path = "");
  /// Returns the number of the first line of that definition that contains `part`.
  int line(std::string_view name, std::string_view part, std::string_view path = "") const;

  // ── Predicting ──────────────────────────────────────────────────────────────────────────────

  /// Asks, before the run. Blocks for the answer if a person is at the terminal; otherwise prints
  /// the question. At most three a lesson.
  Question ask(std::string_view question, std::vector<std::string> choices);
  /// After the run: prints what was measured, one of the choices, and the reason; before the
  /// reason, what a wrong prediction would have taken: pairs of a choice and a sentence.
  void answer(const Question& question, std::string_view measured, std::string_view reason,
              std::initializer_list<std::pair<std::string_view, std::string>> if_predicted = {});

  // ── Showing ─────────────────────────────────────────────────────────────────────────────────

  /// Prints what was measured in this run.
  template <typename... Parts>
  void measured(const Parts&... parts) {
    show(joined(parts...));
  }
  /// Prints rows in columns; the first row is the heading.
  void table(const std::vector<std::vector<std::string>>& rows);
  /// Prints a sentence with a mark that says whether this run bears it out. --check fails if not.
  void claim(std::string_view sentence, bool holds);
  /// As claim(), but prints the sentence only if it does not hold: for what the text has said.
  void verify(std::string_view sentence, bool holds);
  /// Says that a part cannot run here, and why.
  void skip(std::string_view why);

  // ── Ending ──────────────────────────────────────────────────────────────────────────────────

  /// Prints where the server does it: a file, with the line of the definition or text in it. The
  /// place must exist.
  void where(std::string_view path, std::string_view what, std::string_view sentence);
  /// Prints the last line: what to type next.
  void next(std::string_view typed);

  const std::string& mechanism() const { return manner_.mechanism; }
  /// Counts what the frame itself demands: the number of questions, a last line, and its length if
  /// every claim held. Returns whether every claim held.
  bool close();
  /// "lesson 2 cleanup_stacks: 9 claims hold".
  std::string summary() const;

 private:
  template <typename... Parts>
  static std::string joined(const Parts&... parts) {
    std::ostringstream all;
    (all << ... << parts);
    return all.str();
  }
  void explain(const std::string& text);
  void show(const std::string& text);
  enum class Block { title, text, code, question, answer, measured, table, claim, where, next };
  /// Separates a block from the last one; with --pause, waits for a key before a new step.
  void begin(Block block);
  std::string_view path_or_own(std::string_view path) const;
  std::string read_choice(const std::vector<std::string>& choices);

  const Lesson& lesson_;
  const Manner& manner_;
  const std::string own_path_;
  Screen screen_;
  int claims_ = 0;
  int failures_ = 0;
  int questions_ = 0;
  std::string skipped_;
  Block last_ = Block::title;
  bool has_next_ = false;
};

}  // namespace lesson
