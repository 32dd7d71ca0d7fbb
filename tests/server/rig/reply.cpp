#include "tests/server/rig/reply.hpp"

#include <optional>
#include <stdexcept>

namespace rig {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  /// std::nullopt if the reply has not arrived whole.
  std::optional<Reply> next() {
    const auto line = take_line();
    if (!line) return std::nullopt;
    Reply reply;
    reply.type = line->front();
    const std::string rest(line->substr(1));
    switch (reply.type) {
      case '+':
      case '-':
        reply.text = rest;
        return reply;
      case ':':
        reply.number = std::stoll(rest);
        return reply;
      case '_':
        return reply;
      case '$':
        return bulk(std::move(reply), std::stoll(rest));
      case '*':
      case '%':
      case '>':
        return aggregate(std::move(reply), std::stoll(rest));
      default:
        throw std::runtime_error("not RESP: " + std::string(*line));
    }
  }
  std::size_t taken() const { return at_; }

 private:
  std::optional<std::string_view> take_line() {
    const std::size_t end = bytes_.find("\r\n", at_);
    if (end == bytes_.npos) return std::nullopt;
    const auto line = bytes_.substr(at_, end - at_);
    if (line.empty()) throw std::runtime_error("not RESP: an empty line");
    at_ = end + 2;
    return line;
  }
  std::optional<Reply> bulk(Reply reply, std::int64_t size) {
    if (size < 0) return Reply{};
    const auto length = static_cast<std::size_t>(size);
    if (bytes_.size() - at_ < length + 2) return std::nullopt;
    reply.text = bytes_.substr(at_, length);
    if (bytes_.substr(at_ + length, 2) != "\r\n") throw std::runtime_error("a bulk without end");
    at_ += length + 2;
    return reply;
  }
  std::optional<Reply> aggregate(Reply reply, std::int64_t size) {
    for (std::int64_t left = reply.type == '%' ? 2 * size : size; left > 0; --left) {
      auto element = next();
      if (!element) return std::nullopt;
      reply.elements.push_back(std::move(*element));
    }
    return reply;
  }

  const std::string_view bytes_;
  std::size_t at_ = 0;
};

}  // namespace

std::string Reply::code() const {
  return is_error() ? text.substr(0, text.find(' ')) : "";
}

const Reply& Reply::operator[](std::string_view field) const {
  for (std::size_t i = 0; i + 1 < elements.size(); i += 2) {
    if (elements[i].text == field) return elements[i + 1];
  }
  throw std::runtime_error("no field " + std::string(field) + " in " + show(*this));
}

std::vector<std::string> Reply::fields() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < elements.size(); i += 2) names.push_back(elements[i].text);
  return names;
}

std::string show(const Reply& reply) {
  if (reply.type == '_') return "null";
  if (reply.type == ':') return ":" + std::to_string(reply.number);
  if (reply.type != '*' && reply.type != '%' && reply.type != '>') return reply.type + reply.text;
  std::string shown;
  for (const Reply& element : reply.elements) {
    shown += (shown.empty() ? "" : " ") + show(element);
  }
  if (reply.type == '%') return "{" + shown + "}";
  return (reply.type == '>' ? ">[" : "[") + shown + "]";
}

std::ostream& operator<<(std::ostream& out, const Reply& reply) {
  return out << show(reply);
}

bool take_reply(std::string& bytes, Reply& reply) {
  if (bytes.empty()) return false;
  Reader reader(bytes);
  auto whole = reader.next();
  if (!whole) return false;
  reply = std::move(*whole);
  bytes.erase(0, reader.taken());
  return true;
}

}  // namespace rig
