#include "tests/bank/reply_text.hpp"

#include <sstream>

namespace rig {
namespace {

struct ToText {
  std::string operator()(const bank::Reply::Null&) const { return "null"; }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(const bank::Reply::Status& status) const { return "+" + status.text; }
  std::string operator()(const bank::Reply::Error& error) const {
    return "-" + std::string(name(error.code)) + " " + error.text;
  }
  std::string operator()(const bank::Reply::Bulk& bytes) const { return bytes; }
  std::string operator()(const bank::Reply::Array& elements) const {
    std::string all;
    for (const bank::Reply& each : elements) all += (all.empty() ? "" : ", ") + text(each);
    return "[" + all + "]";
  }
  std::string operator()(const bank::Reply::Push& push) const {
    return ">" + (*this)(push.elements);
  }
  std::string operator()(const bank::Reply::Map& fields) const {
    std::string all;
    for (const auto& [name, value] : fields) {
      all += (all.empty() ? "" : ", ") + name + ": " + text(value);
    }
    return "{" + all + "}";
  }
};

}  // namespace

std::string text(const bank::Reply& reply) {
  return std::visit(ToText{}, reply.value);
}

std::string code(const std::string& reply) {
  return reply.substr(0, reply.find(' '));
}

std::vector<std::string> split(const std::string& command) {
  std::istringstream stream(command);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

}  // namespace rig
