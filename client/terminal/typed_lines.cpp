/// The prompt on a terminal: libedit's line editing, history and completion.

#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cwchar>
#include <memory>
#include <stdexcept>
#include <utility>

#include <histedit.h>
#include <poll.h>
#include <unistd.h>

#include "client/terminal/lines.hpp"

namespace client {

namespace {

// The state of libedit's callbacks.
struct Prompt {
  const LineStyle& style;
  Interrupt& interrupt;
  bool interrupted = false;
};

Prompt& prompt_of(EditLine* editor) {
  void* data = nullptr;
  el_get(editor, EL_CLIENTDATA, &data);
  return *static_cast<Prompt*>(data);
}

// Replaces libedit's own reading, which misses a Ctrl-C just before its read(). Exceptions must not
// pass through libedit. Returns 1 for a character, 0 at the end of input, -1 to give up the line.
int read_character(EditLine* editor, wchar_t* character) noexcept {
  Prompt& prompt = prompt_of(editor);
  std::mbstate_t state{};
  for (;;) {
    try {
      wait_for(STDIN_FILENO, POLLIN, std::nullopt, &prompt.interrupt);
    } catch (const Interrupted&) {
      prompt.interrupted = true;
      return -1;
    } catch (const std::exception&) {
      return -1;
    }
    char byte = 0;
    const auto count = read(STDIN_FILENO, &byte, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return static_cast<int>(count);
    const auto length = std::mbrtowc(character, &byte, 1, &state);
    constexpr auto incomplete = static_cast<std::size_t>(-2);
    if (length <= 1) return 1;
    // A sequence that is not a character of this locale is skipped.
    if (length != incomplete) state = {};
  }
}

// libedit does not change what it is given to show.
char* question(EditLine* editor) {
  return const_cast<char*>(prompt_of(editor).style.question.c_str());
}

std::string common_start(const std::vector<std::string>& words) {
  std::string start = words.front();
  for (const auto& word : words) {
    while (!word.starts_with(start)) start.pop_back();
  }
  return start;
}

unsigned char complete(EditLine* editor, int) {
  const LineInfo* line = el_line(editor);
  const std::string before(line->buffer, line->cursor);
  const auto found = prompt_of(editor).style.completions(before);
  if (found.empty()) return CC_ERROR;
  const auto space = before.rfind(' ');
  const auto typed = before.size() - (space == before.npos ? 0 : space + 1);
  std::string rest = common_start(found).substr(typed);
  if (found.size() == 1) rest += ' ';
  if (!rest.empty()) {
    el_insertstr(editor, rest.c_str());
    return CC_REFRESH;
  }
  std::putchar('\n');
  for (const auto& word : found) std::printf("%s  ", word.c_str());
  std::putchar('\n');
  std::fflush(stdout);
  return CC_REDISPLAY;
}

using Editor = std::unique_ptr<EditLine, decltype(&el_end)>;
using Past = std::unique_ptr<History, decltype(&history_end)>;

Editor make_editor(Prompt& prompt, History* past) {
  Editor editor(el_init("atm", stdin, stdout, stderr), &el_end);
  if (!editor) throw std::runtime_error("cannot set up the terminal");
  el_set(editor.get(), EL_CLIENTDATA, &prompt);
  el_set(editor.get(), EL_PROMPT, &question);
  el_set(editor.get(), EL_GETCFN, &read_character);
  el_set(editor.get(), EL_EDITOR, "emacs");
  el_set(editor.get(), EL_HIST, history, past);
  // The narrow variant leaks copies of both names.
  el_wset(editor.get(), EL_ADDFN, L"atm-complete", L"complete a command", &complete);
  el_set(editor.get(), EL_BIND, "^I", "atm-complete", nullptr);
  return editor;
}

}  // namespace

void read_typed_lines(Interrupt& interrupt, const LineStyle& style, const PerformLine& perform) {
  std::setlocale(LC_CTYPE, "");
  Prompt prompt{style, interrupt};
  const Past past(history_init(), &history_end);
  if (!past) throw std::bad_alloc();
  HistEvent event{};
  history(past.get(), &event, H_SETSIZE, 1000);
  const Editor editor = make_editor(prompt, past.get());
  for (;;) {
    // Before libedit does it itself: it draws the prompt first, and would lose a ^D typed then.
    el_set(editor.get(), EL_PREP_TERM, 1);
    int length = 0;
    const char* line = el_gets(editor.get(), &length);
    if (std::exchange(prompt.interrupted, false)) {
      // Ctrl-C gives up the line, not the prompt.
      el_reset(editor.get());
      std::puts("^C");
      continue;
    }
    if (line == nullptr || length <= 0) break;
    history(past.get(), &event, H_ENTER, line);
    if (!perform(line)) return;
    interrupt.clear();
  }
  std::putchar('\n');
}

}  // namespace client
