#pragma once

/// What a command has to say when it is over.

#include <cstdio>
#include <string>
#include <string_view>

#include "client/commands/exit_status.hpp"
#include "client/terminal/render.hpp"

namespace client {

struct Report {
  int status = exit_done;
  std::string text;       // for standard output, line ends included
  std::string complaint;  // for standard error: one line, without its end; empty if all is well
  Json json;              // for standard output instead of both, under --json
};

Report done(std::string text, Json json);

/// One line that says what to do, and in JSON {"error":{"code":…,"message":…}}. Without a code of
/// the server's the JSON has one of the client's: USAGE, INTERRUPTED, CONNECT or UNKNOWN.
Report failed(int status, std::string_view code, std::string_view message);

/// Reports an ending other than success. Sums of money in the server's words are converted to
/// decimals for people; JSON keeps them, since there money is in minor units.
Report failed(const Ending& ending);

/// Prints to the two streams and flushes. JSON is one line. Nothing a server sent can drive a
/// terminal. Returns the exit status: the report's own, whether or not it could be written (then
/// standard error is told).
int print(const Report& report, bool as_json, std::FILE* out, std::FILE* err);

/// One line for standard error, `atm: ` before it.
void print_line(std::string_view line, std::FILE* err);

}  // namespace client
