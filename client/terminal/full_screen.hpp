#pragma once

/// The whole of a terminal, for as long as this exists: its alternate screen, without echo, keys
/// read one by one. Each way out restores the terminal: the end of the scope, an exception, and
/// suspend(). For signals that end the program, catch them (client/wire/interrupt.hpp) and leave
/// the scope.

#include <string>
#include <vector>

#include <termios.h>

namespace client {

class FullScreen {
 public:
  /// Standard input and output must be a terminal. A program in the background stops here until it
  /// is in the foreground.
  FullScreen();
  ~FullScreen() { leave(); }
  FullScreen(const FullScreen&) = delete;
  FullScreen& operator=(const FullScreen&) = delete;

  struct Size {
    std::size_t width;
    std::size_t height;
  };
  static Size size();
  /// Draws the lines from the top. They fit the size and drive no terminal.
  static void draw(const std::vector<std::string>& lines);

  /// The keys that were typed: letters, and `up` or `down` for the arrows.
  struct Keys {
    std::string letters;
    bool ended = false;  // the terminal is gone
  };
  static constexpr char up = 'k';
  static constexpr char down = 'j';
  /// Does not block.
  static Keys read_keys();

  /// Gives the terminal back, stops the program as Ctrl-Z does, and takes the terminal again.
  void suspend();
  /// Takes the terminal again, after the program was stopped in another way.
  void enter();

 private:
  void leave();
  termios before_{};
};

}  // namespace client
