#include "server/wire/resp/inline_command.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>
#include <utility>

namespace wire::resp {
namespace {

constexpr std::string_view blanks = " \t\r\n\v\f";

bool is_blank(char c) {
  return blanks.find(c) != blanks.npos;
}

char lower(char c) {
  return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

/// The words of one line, taken from its front.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}

  /// Skips to the next word; false at the end of the line.
  bool find() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size()));
    return !rest_.empty();
  }

  /// Reads the word that begins here; std::nullopt if its quotes do not balance.
  std::optional<std::string> read() {
    std::string word;
    while (!rest_.empty() && !is_blank(rest_.front())) {
      const char c = take();
      if (c != '"' && c != '\'') {
        word += c;
      } else if (!read_quoted(c, word)) {
        return std::nullopt;
      }
    }
    return word;
  }

 private:
  bool read_quoted(char quote, std::string& word) {
    while (!rest_.empty()) {
      const char c = take();
      if (c == quote) return rest_.empty() || is_blank(rest_.front());
      const bool escape = c == '\\' && !rest_.empty();
      if (escape && quote == '"') {
        word += read_escaped();
      } else if (escape && rest_.front() == quote) {
        word += take();
      } else {
        word += c;
      }
    }
    return false;
  }

  char read_escaped() {
    const char c = take();
    switch (c) {
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'b':
        return '\b';
      case 'a':
        return '\a';
      case 'x':
        return read_hex().value_or('x');
      default:
        return c;
    }
  }

  /// Reads two hex digits; std::nullopt, with nothing read, if they are missing.
  std::optional<char> read_hex() {
    if (rest_.size() < 2) return std::nullopt;
    unsigned char byte = 0;
    const auto [stopped, error] = std::from_chars(rest_.data(), rest_.data() + 2, byte, 16);
    if (error != std::errc() || stopped != rest_.data() + 2) return std::nullopt;
    rest_.remove_prefix(2);
    return static_cast<char>(byte);
  }

  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<std::vector<std::string>> split_inline(std::string_view line) {
  std::vector<std::string> words;
  for (Words left(line); left.find();) {
    auto word = left.read();
    if (!word) return std::nullopt;
    words.push_back(std::move(*word));
  }
  return words;
}

bool is_http(const std::vector<std::string>& words) {
  if (words.empty()) return false;
  if (same(words.front(), "POST") || same(words.front(), "Host:")) return true;
  if (words.size() < 2) return false;
  static constexpr std::array<std::string_view, 8> verbs = {"GET",     "HEAD",  "PUT",     "DELETE",
                                                            "OPTIONS", "PATCH", "CONNECT", "TRACE"};
  const auto is_first = [&](std::string_view verb) { return same(words.front(), verb); };
  const bool to_somewhere = words[1].starts_with('/') || same(words.back().substr(0, 5), "HTTP/");
  return to_somewhere && std::any_of(verbs.begin(), verbs.end(), is_first);
}

}  // namespace wire::resp
