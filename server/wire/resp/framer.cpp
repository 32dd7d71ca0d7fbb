#include "server/wire/resp/framer.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "server/wire/resp/inline_command.hpp"

namespace wire::resp {
namespace {

constexpr std::string_view crlf = "\r\n";
// A larger buffer is freed once it is empty.
constexpr std::size_t most_kept = 16 * 1024;
constexpr std::size_t smallest_argument = std::string_view("$0\r\n\r\n").size();

/// The number in "*12\r" or "$12\r". from_chars takes leading zeros and a minus, but no plus.
std::optional<std::int64_t> announced(std::string_view line) {
  if (!line.ends_with('\r')) return std::nullopt;
  const std::string_view digits = line.substr(1, line.size() - 2);
  std::int64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return number;
}

/// The byte, as \xHH unless it is printable.
std::string shown(char byte) {
  if (' ' <= byte && byte <= '~') return {byte};
  constexpr std::string_view hex = "0123456789abcdef";
  const auto value = static_cast<unsigned char>(byte);
  return {'\\', 'x', hex[value / 16], hex[value % 16]};
}

TooBig too_many(const Limits& limits) {
  return {"a command has at most " + std::to_string(limits.args) + " arguments here"};
}

TooBig too_long(const Limits& limits) {
  return {"an argument has at most " + std::to_string(limits.bulk) + " bytes here"};
}

}  // namespace

void Framer::feed(std::string_view bytes) {
  if (broken_) return;
  buffer_.erase(0, std::exchange(position_, 0));
  buffer_.append(bytes);
}

Frame Framer::next() {
  if (!broken_) {
    try {
      Frame frame = parse();
      if (unread().empty() && buffer_.capacity() > most_kept) {
        std::string().swap(buffer_);
        position_ = 0;
      }
      return frame;
    } catch (ProtocolError& error) {
      broken_ = std::move(error);
      buffer_ = {};
      position_ = 0;
      args_ = {};
    }
  }
  return *broken_;
}

Frame Framer::parse() {
  while (true) {
    if (missing_ > 0) {
      if (!read_argument()) return NeedMore{};
    } else if (too_big_ || !args_.empty()) {
      return finish();
    } else if (!read_start()) {
      return NeedMore{};
    }
  }
}

bool Framer::read_start() {
  if (unread().empty()) return false;
  const bool array = unread().front() == '*';
  const auto start = line(array ? "too big mbulk count string" : "too big inline request");
  if (!start) return false;
  if (array) {
    start_array(*start);
  } else {
    start_inline(*start);
  }
  position_ += start->size() + 1;
  return true;
}

void Framer::start_array(std::string_view line) {
  const auto count = announced(line);
  const std::size_t most = limits_.swallow / smallest_argument;
  if (!count || *count > static_cast<std::int64_t>(std::max(limits_.args, most))) {
    throw ProtocolError{"invalid multibulk length"};
  }
  // As in Redis, "*0" and "*-1" are empty commands, without a reply.
  const auto args = static_cast<std::size_t>(std::max<std::int64_t>(*count, 0));
  if (args > limits_.args) too_big_ = too_many(limits_);
  missing_ = args;
}

void Framer::start_inline(std::string_view line) {
  auto words = split_inline(line);
  if (!words) throw ProtocolError{"unbalanced quotes in request"};
  if (is_http(*words)) throw ProtocolError{"this is not an HTTP server"};
  const auto longer = [this](const std::string& word) { return word.size() > limits_.bulk; };
  if (words->size() > limits_.args) {
    too_big_ = too_many(limits_);
  } else if (std::any_of(words->begin(), words->end(), longer)) {
    too_big_ = too_long(limits_);
  } else {
    args_ = std::move(*words);
  }
}

bool Framer::read_length() {
  if (unread().empty()) return false;
  if (unread().front() != '$') {
    throw ProtocolError{"expected '$', got '" + shown(unread().front()) + "'"};
  }
  const auto header = line("too big bulk count string");
  if (!header) return false;
  const auto length = announced(*header);
  const std::size_t most = std::max(limits_.bulk, limits_.swallow);
  if (!length || *length < 0 || *length > static_cast<std::int64_t>(most)) {
    throw ProtocolError{"invalid bulk length"};
  }
  const auto bytes = static_cast<std::size_t>(*length);
  if (bytes > limits_.bulk && !too_big_) {
    too_big_ = too_long(limits_);
    args_ = {};
  }
  if (too_big_) swallowed_ += header->size() + 1 + bytes + crlf.size();
  if (swallowed_ > limits_.swallow) throw ProtocolError{"invalid bulk length"};
  position_ += header->size() + 1;
  length_ = bytes;
  return true;
}

bool Framer::read_argument() {
  if (!length_ && !read_length()) return false;
  if (too_big_) {
    const std::size_t dropped = std::min(*length_, unread().size());
    position_ += dropped;
    *length_ -= dropped;
  }
  if (unread().size() < *length_ + crlf.size()) return false;
  if (unread().substr(*length_, crlf.size()) != crlf) {
    throw ProtocolError{"expected CRLF after an argument"};
  }
  if (!too_big_) args_.emplace_back(unread().substr(0, *length_));
  position_ += *length_ + crlf.size();
  length_.reset();
  --missing_;
  return true;
}

Frame Framer::finish() {
  swallowed_ = 0;
  if (too_big_) return *std::exchange(too_big_, std::nullopt);
  return Command{std::exchange(args_, {})};
}

/// The unread line, without its '\n'. Looks no further than a line may be long, so that the result
/// does not depend on how much has arrived.
std::optional<std::string_view> Framer::line(const char* if_too_long) const {
  const std::string_view seen = unread().substr(0, limits_.line + 1);
  const std::size_t end = seen.find('\n');
  if (end != seen.npos) return seen.substr(0, end);
  if (seen.size() > limits_.line) throw ProtocolError{if_too_long};
  return std::nullopt;
}

}  // namespace wire::resp
