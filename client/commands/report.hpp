#pragma once

/// The result of a command, and how it is printed.

#include <cstdio>
#include <string>
#include <string_view>

#include "client/commands/request.hpp"
#include "client/terminal/render.hpp"

namespace client {

struct Report {
  int status = exit_done;
  std::string text;       // for standard output, line ends included
  std::string complaint;  // for standard error: one line, without its end; empty if all is well
  Json json;              // for standard output instead of both, under --json
};

/// Reports success.
Report done(std::string text, Json json);

/// Reports a failure: one line that says what to do, and in JSON {"error":{"code":…,"message":…}}.
/// If `code` is empty, JSON has a code of the client's own: USAGE, INTERRUPTED, CONNECT or UNKNOWN.
Report failed(int status, std::string_view code, std::string_view message);

/// Reports an ending other than success. Sums of money in the server's words are converted to
/// decimals for people; JSON keeps them, since there money is in minor units.
Report failed(const Ending& ending);

/// Prints a report to the two streams and flushes; JSON is one line. Control characters in it are
/// escaped. Returns the exit status of the report; 1 instead of 0 if it could not be written.
int print(const Report& report, bool as_json, std::FILE* out, std::FILE* err);

/// Prints one line to standard error, preceded by `atm: `.
void print_line(std::string_view line, std::FILE* err);

}  // namespace client
