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
  int signal = 0;           // the one that ended the line
  bool is_garbled = false;  // the line has bytes that the locale cannot decode
};

Prompt& prompt_of(EditLine* editor) {
  void* data = nullptr;
  el_get(editor, EL_CLIENTDATA, &data);
  return *static_cast<Prompt*>(data);
}

// Stops or ends the program as a signal does by default, with the terminal's own modes.
void obey(EditLine* editor, int signal) {
  el_set(editor, EL_PREP_TERM, 0);
  obey_signal(signal);
  el_set(editor, EL_PREP_TERM, 1);
  el_set(editor, EL_REFRESH);
}

// Returns a byte of standard input, or what read_character() returns instead.
int read_byte(EditLine* editor, char& byte) {
  Prompt& prompt = prompt_of(editor);
  for (;;) {
    try {
      wait_for(STDIN_FILENO, POLLIN, std::nullopt, &prompt.interrupt);
    } catch (const Interrupted& interrupted) {
      if (interrupted.signal == SIGTSTP || interrupted.signal == SIGQUIT) {
        obey(editor, interrupted.signal);
        continue;
      }
      prompt.signal = interrupted.signal;
      return -1;
    } catch (const std::exception&) {
      return -1;
    }
    const auto count = read(STDIN_FILENO, &byte, 1);
    if (count < 0 && errno == EINTR) continue;
    return static_cast<int>(count);
  }
}

// Replaces libedit's own reading, which misses a Ctrl-C just before its read(), and drops bytes
// that it cannot decode. Exceptions must not pass through libedit. Returns 1 for a character, 0 at
// the end of input, -1 to give up the line.
int read_character(EditLine* editor, wchar_t* character) noexcept {
  std::mbstate_t state{};
  for (;;) {
    char byte = 0;
    const int count = read_byte(editor, byte);
    if (count <= 0) return count;
    const auto length = std::mbrtowc(character, &byte, 1, &state);
    if (length <= 1) return 1;
    constexpr auto incomplete = static_cast<std::size_t>(-2);
    if (length == incomplete) continue;
    prompt_of(editor).is_garbled = true;
    *character = L'?';
    // The byte may be the one that ends the line.
    if (byte == '\n' || byte == '\r') *character = static_cast<wchar_t>(byte);
    return 1;
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
  HistEvent event{};
  history(past.get(), &event, H_SETSIZE, 1000);
  const Editor editor = make_editor(prompt, past.get());
  for (;;) {
    // Before libedit does it itself: it draws the prompt first, and would lose a ^D typed then.
    el_set(editor.get(), EL_PREP_TERM, 1);
    prompt.is_garbled = false;
    int length = 0;
    const char* line = nullptr;
    {
      // Commands that run are stopped as usual.
      const CaughtSignals caught(interrupt, {SIGTSTP, SIGQUIT});
      line = el_gets(editor.get(), &length);
    }
    if (std::exchange(prompt.signal, 0) == SIGINT) {
      el_reset(editor.get());
      std::puts("^C");
    } else if (line == nullptr || length <= 0) {
      break;
    } else if (prompt.is_garbled) {
      style.refuse("the line has bytes that are not text in this locale (LC_ALL, LANG)");
    } else {
      history(past.get(), &event, H_ENTER, line);
      if (!perform(line)) return;
    }
    interrupt.forget_sigint();
    if (interrupt.fatal_signal() != 0) return;
  }
  std::putchar('\n');
}

}  // namespace client
