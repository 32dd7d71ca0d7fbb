#include "client/wire/reply.hpp"

namespace client {

std::string_view Reply::code() const {
  if (kind == Kind::status) return text;
  if (kind != Kind::error) return {};
  return std::string_view(text).substr(0, text.find(' '));
}

std::string_view Reply::message() const {
  const auto space = text.find(' ');
  if (kind != Kind::error || space == std::string::npos) return {};
  return std::string_view(text).substr(space + 1);
}

std::string Reply::spelled() const {
  return kind == Kind::integer ? std::to_string(number) : text;
}

const Reply* Reply::field(std::string_view name) const {
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    if (items[i].text == name) return &items[i + 1];
  }
  return nullptr;
}

std::vector<std::pair<std::string, const Reply*>> Reply::fields() const {
  std::vector<std::pair<std::string, const Reply*>> found;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    found.emplace_back(items[i].spelled(), &items[i + 1]);
  }
  return found;
}

}  // namespace client
