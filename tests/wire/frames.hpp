#pragma once

/// A framer's output in a form that tests can compare and print.

#include <string>
#include <string_view>
#include <vector>

#include "server/wire/resp/framer.hpp"

namespace wire::resp {

/// One line for each outcome other than NeedMore: "[PING|hello]", "too big: …", "error: …".
using Frames = std::vector<std::string>;

struct Show {
  std::string operator()(const NeedMore&) const { return "need more"; }
  std::string operator()(const Command& command) const {
    std::string line;
    for (const std::string& arg : command.args) line += (line.empty() ? "[" : "|") + arg;
    return line + "]";
  }
  std::string operator()(const TooBig& refusal) const { return "too big: " + refusal.text; }
  std::string operator()(const ProtocolError& error) const { return "error: " + error.text; }
};

inline std::string show(const Frame& frame) {
  return std::visit(Show(), frame);
}

/// Takes every request that the framer has now. Stops at a protocol error, which repeats for good.
inline void drain(Framer& framer, Frames& frames) {
  for (Frame frame = framer.next(); !std::holds_alternative<NeedMore>(frame);
       frame = framer.next()) {
    frames.push_back(show(frame));
    if (std::holds_alternative<ProtocolError>(frame)) return;
  }
}

/// The requests in all the bytes, fed at once.
inline Frames frames_of(std::string_view bytes, Limits limits = {}) {
  Framer framer(limits);
  Frames frames;
  framer.feed(bytes);
  drain(framer, frames);
  return frames;
}

/// A command as a client library sends it.
inline std::string array_of(const std::vector<std::string>& args) {
  std::string bytes = "*" + std::to_string(args.size()) + "\r\n";
  for (const std::string& arg : args) {
    bytes += "$" + std::to_string(arg.size()) + "\r\n" + arg + "\r\n";
  }
  return bytes;
}

}  // namespace wire::resp
