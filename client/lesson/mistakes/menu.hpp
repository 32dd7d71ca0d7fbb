#pragma once

/// `atm lesson mistakes`: lists the mistakes, plays one, or checks that each can be won.

#include <string>

#include "client/lesson/screen.hpp"

namespace lesson {

/// Without a name, lists the mistakes. With one, plays it on the terminal, or with the lines of
/// standard input; with `correct` against the server without the mistake. With `manner.check`,
/// follows the last hint of that mistake, or of `all`: the broken server must lose and the correct
/// one must not. Returns the exit status. Blocks.
int play_mistakes(const std::string& name, bool correct, const Manner& manner);

}  // namespace lesson
