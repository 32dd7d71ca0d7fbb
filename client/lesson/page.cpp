#include "client/lesson/page.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <stdexcept>

#include "client/lesson/keyboard.hpp"
#include "client/terminal/text.hpp"

namespace lesson {

namespace {

constexpr std::size_t most_lines = 4 * 24;
constexpr int most_questions = 3;

// Choices without blanks fit on one line; others are listed under letters.
bool are_words(const std::vector<std::string>& choices) {
  std::size_t together = 0;
  for (const auto& choice : choices) together += choice.size() + 3;
  return together <= 60 && std::none_of(choices.begin(), choices.end(), [](const auto& choice) {
           return choice.find(' ') != choice.npos;
         });
}

std::string letter(std::size_t index) {
  return {static_cast<char>('a' + index)};
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Returns a choice in quotation marks, or as it is if it is a number.
std::string quoted(std::string_view choice) {
  const bool is_number = std::all_of(choice.begin(), choice.end(),
                                     [](unsigned char c) { return std::isalpha(c) == 0; });
  return is_number ? std::string(choice) : "\"" + std::string(choice) + "\"";
}

std::string counted(int count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace

Page::Page(const Lesson& lesson, const Manner& manner)
    : lesson_(lesson), manner_(manner), own_path_(lesson.source()), screen_(manner) {
  std::string title = "Lesson " + std::to_string(lesson.number) + "  " + std::string(lesson.title);
  const std::string time = "about " + std::to_string(lesson.minutes) + " minutes";
  const std::size_t used = title.size() + time.size();
  title += used + 2 < manner.width ? std::string(manner.width - used, ' ') + time : "";
  screen_.line(title, Style::title);
  std::string rule;
  for (std::size_t i = 0; i < manner.width; ++i) rule += "─";
  screen_.line(rule, Style::dim);
}

void Page::begin(Block block) {
  const bool joins = block == last_ && (block == Block::claim || block == Block::where);
  if (!joins && last_ != Block::title) screen_.blank();
  const bool is_step = last_ != Block::text && block == Block::text;
  if (manner_.asks && manner_.pause && is_step && last_ != Block::title) screen_.wait_for_key();
  last_ = block;
}

void Page::explain(const std::string& text) {
  begin(Block::text);
  screen_.paragraph(text);
}

void Page::show(const std::string& text) {
  begin(Block::measured);
  screen_.paragraph(text, Style::title, "  ");
}

std::string_view Page::path_or_own(std::string_view path) const {
  return path.empty() ? own_path_ : path;
}

void Page::code(std::initializer_list<std::string_view> names, std::string_view path) {
  begin(Block::code);
  std::vector<CodeLine> lines;
  for (const auto name : names) {
    for (const CodeLine& each : definition(path_or_own(path), name)) lines.push_back(each);
  }
  screen_.code(lines, path_or_own(path));
}

int Page::line(std::string_view name, std::string_view part, std::string_view path) const {
  for (const CodeLine& each : definition(path_or_own(path), name)) {
    if (each.text.find(part) != std::string_view::npos) return each.number;
  }
  throw std::out_of_range(std::string(name) + " has no line with " + std::string(part));
}

Question Page::ask(std::string_view question, std::vector<std::string> choices) {
  ++questions_;
  begin(Block::question);
  screen_.keep_together(choices.size() + 2);
  screen_.paragraph(question, Style::question, "? ");
  std::string offer = " ";
  if (are_words(choices)) {
    for (const auto& choice : choices) offer += " [" + choice + "]";
    if (!manner_.asks) screen_.line(offer);
  } else {
    for (std::size_t i = 0; i < choices.size(); ++i) {
      screen_.paragraph(choices[i], Style::plain, "  [" + letter(i) + "] ");
    }
  }
  std::string predicted;
  if (manner_.asks) {
    screen_.prompt(offer + " > ");
    predicted = read_choice(choices);
    screen_.note_input();
  }
  return {std::move(choices), predicted};
}

// Reads until one of the choices was typed: its text, its letter, or its only beginning. Returns an
// empty string at the end of the input.
std::string Page::read_choice(const std::vector<std::string>& choices) {
  while (const auto typed = read_line()) {
    const std::string word = lower(client::trimmed(*typed));
    std::vector<std::string> fitting;
    for (std::size_t i = 0; i < choices.size(); ++i) {
      const bool by_letter = !are_words(choices) && word == letter(i);
      if (by_letter || word == lower(choices[i])) return choices[i];
      if (!word.empty() && lower(choices[i]).starts_with(word)) fitting.push_back(choices[i]);
    }
    if (fitting.size() == 1) return fitting.front();
    screen_.prompt("  one of those above, please > ");
  }
  screen_.prompt("\n");
  return {};
}

void Page::answer(const Question& question, std::string_view measured, std::string_view reason,
                  std::initializer_list<std::pair<std::string_view, std::string>> if_predicted) {
  const auto is_choice = [&](std::string_view text) {
    return std::find(question.choices.begin(), question.choices.end(), text) !=
           question.choices.end();
  };
  verify("the answer " + std::string(measured) + " is one of the choices", is_choice(measured));
  std::string said = "Answer: " + std::string(measured) + ".";
  if (question.predicted == measured) said = "You said " + quoted(measured) + "; so it was.";
  if (!question.predicted.empty() && question.predicted != measured) {
    said = "You said " + quoted(question.predicted) + "; it was " + quoted(measured) + ".";
  }
  for (const auto& [predicted, sentence] : if_predicted) {
    verify("a reply is for one of the choices", is_choice(predicted));
    if (predicted == question.predicted && predicted != measured) said += " " + sentence;
  }
  begin(Block::answer);
  screen_.paragraph(said + " " + std::string(reason));
}

void Page::table(const std::vector<std::vector<std::string>>& rows) {
  begin(Block::table);
  const std::string all = client::columns(rows, {});
  screen_.keep_together(rows.size());
  bool is_heading = true;
  for (std::string_view rest = all; !rest.empty(); is_heading = false) {
    std::string row = "  " + std::string(client::take_until(rest, '\n'));
    row.erase(row.find_last_not_of(' ') + 1);
    screen_.line(row, is_heading ? Style::title : Style::plain);
  }
}

void Page::claim(std::string_view sentence, bool holds) {
  if (holds) {
    begin(Block::claim);
    screen_.paragraph(sentence, Style::good, "  ✓ ");
  }
  verify(sentence, holds);
}

void Page::verify(std::string_view sentence, bool holds) {
  ++claims_;
  if (holds) return;
  ++failures_;
  if (manner_.check) {
    put(joined("lesson ", lesson_.number, " ", lesson_.name, ": it is not so that ", sentence,
               "\n"));
  }
  begin(Block::claim);
  screen_.paragraph(sentence, Style::bad, "  ✗ not in this run: ");
}

void Page::skip(std::string_view why) {
  skipped_ += "; skipped: " + std::string(why);
  begin(Block::claim);
  screen_.paragraph(why, Style::dim, "  – ");
}

void Page::where(std::string_view path, std::string_view what, std::string_view sentence) {
  const auto lines = lines_of(path);
  const auto found = std::find_if(lines.begin(), lines.end(), [&](const CodeLine& each) {
    return each.text.find(what) != std::string_view::npos;
  });
  verify(std::string(path) + " contains " + std::string(what), found != lines.end());
  if (found == lines.end()) return;
  begin(Block::where);
  screen_.paragraph(std::string(path) + ":" + std::to_string(found->number) + ", " +
                        std::string(what) + ": " + std::string(sentence),
                    Style::plain, "→ ");
}

void Page::next(std::string_view typed) {
  begin(Block::next);
  screen_.paragraph(typed, Style::title, "next: ");
  has_next_ = true;
}

bool Page::close() {
  // A failed claim, and the change that made it fail, may take lines.
  if (failures_ == 0) {
    verify("it fits on four screens of 24 lines; it has " + std::to_string(screen_.lines()),
           screen_.lines() <= most_lines || manner_.width < 80);
  }
  verify("each line fits into the width; the widest has " + std::to_string(screen_.widest()),
         screen_.widest() <= manner_.width);
  verify("it asks one to three questions", questions_ >= 1 && questions_ <= most_questions);
  verify("its last line says what to type next", has_next_);
  return failures_ == 0;
}

std::string Page::summary() const {
  const std::string who =
      "lesson " + std::to_string(lesson_.number) + " " + std::string(lesson_.name) + ": ";
  if (failures_ > 0) {
    return who + std::to_string(failures_) + " of " + counted(claims_, "claim") + " failed" +
           skipped_;
  }
  return who + counted(claims_, "claim") + " hold" + (claims_ == 1 ? "s" : "") + skipped_;
}

}  // namespace lesson
