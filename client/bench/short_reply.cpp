#include "client/bench/short_reply.hpp"

#include <algorithm>
#include <charconv>

#include "client/wire/connection.hpp"

namespace client::bench {

namespace {

constexpr std::size_t longest = 65'536;

[[noreturn]] void fail() {
  throw ConnectionLost("the server sent something other than a short reply in RESP2");
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 19 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Parses `$LENGTH`, whose line is `head` bytes long with its end, and the string after it.
std::optional<ShortReply> parse_string(std::string_view bytes, std::size_t head) {
  const std::string_view length = bytes.substr(1, head - 3);
  if (length == "-1") return ShortReply{ShortReply::Kind::nil, {}, head};
  std::size_t size = 0;
  std::from_chars(length.data(), length.data() + length.size(), size);
  if (!is_number(length) || size > longest) fail();
  if (bytes.size() < head + size + 2) return std::nullopt;
  return ShortReply{ShortReply::Kind::string, bytes.substr(head, size), head + size + 2};
}

}  // namespace

std::optional<ShortReply> parse_short_reply(std::string_view bytes) {
  const auto end = bytes.find("\r\n");
  if (end == bytes.npos) {
    if (bytes.size() > longest) fail();
    return std::nullopt;
  }
  const std::string_view text = bytes.substr(1, end - 1);
  switch (bytes.front()) {
    case '+':
      return ShortReply{ShortReply::Kind::status, text, end + 2};
    case '-':
      return ShortReply{ShortReply::Kind::error, text, end + 2};
    case ':':
      return ShortReply{ShortReply::Kind::integer, text, end + 2};
    case '$':
      return parse_string(bytes, end + 2);
    default:
      fail();
  }
}

bool fits(const ShortReply& reply, Operation operation) {
  switch (operation) {
    case Operation::ping:
      return reply.kind == ShortReply::Kind::status && reply.text == "PONG";
    case Operation::get:
      return reply.kind == ShortReply::Kind::nil ||
             (reply.kind == ShortReply::Kind::string && is_number(reply.text));
    default:
      return reply.kind == ShortReply::Kind::integer && is_number(reply.text);
  }
}

}  // namespace client::bench
