/// Feeds the framer the same bytes whole and in pieces.
///
/// Input: one byte that chooses the limits, two that choose where to cut, then the stream.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/wire/resp/framer.hpp"
#include "tests/prove/fuzz/encoding.hpp"
#include "tests/prove/fuzz/require.hpp"

using fuzz::require;
using wire::resp::Command;
using wire::resp::Frame;
using wire::resp::Framer;
using wire::resp::Limits;
using wire::resp::NeedMore;
using wire::resp::ProtocolError;
using wire::resp::TooBig;

namespace {

// The limits of the server, and some that a short input reaches.
constexpr std::array<Limits, 4> limits_to_choose = {
    Limits{}, wire::resp::before_auth, Limits{.args = 3, .bulk = 8, .line = 24, .swallow = 40},
    Limits{.args = 8, .bulk = 24, .line = 16, .swallow = 16}};

bool same(const Frame& a, const Frame& b) {
  if (a.index() != b.index()) return false;
  if (const auto* command = std::get_if<Command>(&a)) {
    return command->args == std::get<Command>(b).args;
  }
  if (const auto* too_big = std::get_if<TooBig>(&a)) {
    return too_big->text == std::get<TooBig>(b).text;
  }
  const auto* error = std::get_if<ProtocolError>(&a);
  return error == nullptr || error->text == std::get<ProtocolError>(b).text;
}

void check_limits(const Frame& frame, const Limits& limits) {
  const auto* const command = std::get_if<Command>(&frame);
  if (command == nullptr) return;
  require(!command->args.empty(), "a command has a name");
  require(command->args.size() <= limits.args, "a command has no more arguments than allowed");
  for (const std::string& arg : command->args) {
    require(arg.size() <= limits.bulk, "an argument is no longer than allowed");
  }
}

/// Checks that a protocol error is final: the same error again, and no bytes kept.
void check_broken(Framer& framer, const Frame& error) {
  framer.feed("PING\r\n");
  require(same(framer.next(), error), "a protocol error is final");
  require(framer.buffered() == 0, "after a protocol error nothing is kept");
}

/// A framer and its results.
class Stream {
 public:
  explicit Stream(const Limits& limits) : limits_(limits), framer_(limits) {}

  void feed(std::string_view bytes) {
    if (broken()) return;
    framer_.feed(bytes);
    for (;;) {
      Frame frame = framer_.next();
      if (std::holds_alternative<NeedMore>(frame)) break;
      check_limits(frame, limits_);
      frames_.push_back(std::move(frame));
      if (broken()) return check_broken(framer_, frames_.back());
    }
    require(framer_.buffered() <= std::max(limits_.line, limits_.bulk) + 2,
            "the framer buffers no more than the limits allow");
  }
  const std::vector<Frame>& frames() const { return frames_; }

 private:
  bool broken() const {
    return !frames_.empty() && std::holds_alternative<ProtocolError>(frames_.back());
  }

  const Limits limits_;
  Framer framer_;
  std::vector<Frame> frames_;
};

void require_same(const std::vector<Frame>& a, const std::vector<Frame>& b, const char* what) {
  require(std::equal(a.begin(), a.end(), b.begin(), b.end(), same), what);
}

std::string as_arrays(const std::vector<Frame>& frames) {
  std::string bytes;
  for (const Frame& frame : frames) {
    const auto* const command = std::get_if<Command>(&frame);
    if (command == nullptr) continue;
    bytes += "*" + std::to_string(command->args.size()) + "\r\n";
    for (const std::string& arg : command->args) {
      bytes += "$" + std::to_string(arg.size()) + "\r\n" + arg + "\r\n";
    }
  }
  return bytes;
}

/// Encodes the commands as a client library does and checks that the framer finds them again.
void check_written_again(const std::vector<Frame>& frames) {
  std::vector<Frame> commands;
  std::copy_if(frames.begin(), frames.end(), std::back_inserter(commands),
               [](const Frame& frame) { return std::holds_alternative<Command>(frame); });
  if (commands.empty()) return;
  Stream again{Limits{}};
  again.feed(as_arrays(commands));
  require_same(again.frames(), commands, "commands encoded as arrays are found again");
}

void feed_in_pieces(Stream& stream, std::string_view bytes, unsigned cuts) {
  const unsigned longest = 1 + cuts % 29;
  while (!bytes.empty()) {
    cuts = cuts * 1'103'515'245 + 12'345;
    const std::size_t size = std::min<std::size_t>(1 + (cuts >> 16) % longest, bytes.size());
    stream.feed(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 3, size - 3);
  const unsigned choice = data[0];
  const Limits& limits = limits_to_choose[choice % limits_to_choose.size()];
  Stream whole(limits);
  whole.feed(bytes);
  Stream pieces(limits);
  feed_in_pieces(pieces, bytes, data[1] + 256U * data[2]);
  require_same(whole.frames(), pieces.frames(),
               "the result does not depend on where the stream is cut");
  check_written_again(whole.frames());
  if (choice / 4 % 4 == 0) fuzz::check_encoding(bytes);
  return 0;
}
