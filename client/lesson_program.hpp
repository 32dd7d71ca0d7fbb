#pragma once

/// `atm lesson`: the lessons are a program of their own, atm-lesson, beside this one.

namespace client {

/// Replaces this program by atm-lesson, with the arguments after `lesson`. Returns an exit status
/// only if that fails; the reason has been printed.
int run_lesson_program(char** arguments);

}  // namespace client
