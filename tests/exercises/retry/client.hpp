#pragma once

/// A client that withdraws money over a line that may break at any moment.

#include <string>
#include <vector>

#include "client/commands/retry.hpp"
#include "client/wire/reply.hpp"

/// The line to the server.
class Line {
 public:
  /// Thrown if the line breaks. The request may or may not have reached the server.
  struct Lost {};

  virtual ~Line() = default;
  /// Sends the words and returns the reply. Throws Lost.
  virtual client::Reply call(const std::vector<std::string>& words) = 0;
  /// Returns a key that was never used before.
  virtual std::string new_key() = 0;
};

/// How a withdrawal ended, as far as the client can know.
struct Ending {
  enum class Kind {
    done,      // the money was taken, once
    refused,   // the server refused; no money was or will be taken
    not_done,  // no attempt reached the server; no money was or will be taken
    unknown,   // the money may have been taken: ask for the key later
  };
  Kind kind;
  std::string key;
};

/// Withdraws once or not at all. Makes at most so many attempts. The words of one are
///
///     WITHDRAW account cents KEY key
///
/// The server does a key at most once, and answers a repeat with the first reply. It answers
/// INPROGRESS while an earlier request of that key is under way.
Ending withdraw(Line& line, int account, int cents, int attempts);
