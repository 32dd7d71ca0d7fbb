#include "client/wire/reply.hpp"

#include <algorithm>

namespace client {

namespace {

// In RESP2 a map is a flat array of names and values.
bool is_map(const Reply& reply) {
  if (reply.kind != Reply::Kind::array || reply.items.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < reply.items.size(); i += 2) {
    if (reply.items[i].kind != Reply::Kind::string) return false;
  }
  return true;
}

}  // namespace

bool Reply::has(Form form) const {
  switch (form) {
    case Form::ok:
      return kind == Kind::status && text == "OK";
    case Form::verdict:
      return kind == Kind::status &&
             (text == "CANCELLED" || text == "ALREADY" || text == "TOOLATE");
    case Form::integer:
      return kind == Kind::integer;
    case Form::text:
      return kind == Kind::string;
    case Form::map:
      return is_map(*this);
    case Form::maps:
      return kind == Kind::array && std::all_of(items.begin(), items.end(), is_map);
    default:
      return true;
  }
}

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
