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

std::string upper(std::string word) {
  for (char& c : word) c = 'a' <= c && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return word;
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
    constexpr std::string_view letters = "nrtba";
    constexpr std::string_view meanings = "\n\r\t\b\a";
    const char c = take();
    if (c == 'x') return read_hex().value_or(c);
    const std::size_t found = letters.find(c);
    return found == letters.npos ? c : meanings[found];
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
  const std::string first = upper(words.front());
  if (first == "POST" || first == "HOST:") return true;
  if (words.size() < 2) return false;
  static constexpr std::array<std::string_view, 8> verbs = {"GET",     "HEAD",  "PUT",     "DELETE",
                                                            "OPTIONS", "PATCH", "CONNECT", "TRACE"};
  const bool to_somewhere = words[1].starts_with('/') || upper(words.back()).starts_with("HTTP/");
  return to_somewhere && std::count(verbs.begin(), verbs.end(), first) > 0;
}

}  // namespace wire::resp
