#include "server/wire/resp/encode.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <variant>

namespace wire::resp {
namespace {

using bank::Reply;

class Encoder {
 public:
  Encoder(Version version, std::string& out) : version_(version), out_(out) {}

  void operator()(const Reply& reply) { std::visit(*this, reply.value); }

  void operator()(Reply::Null) { out_ += version_ == Version::resp3 ? "_\r\n" : "$-1\r\n"; }
  void operator()(std::int64_t number) { head(':', number); }
  void operator()(const Reply::Status& status) {
    out_ += '+';
    text(status.text);
    out_ += "\r\n";
  }
  void operator()(const Reply::Error& error) {
    out_ += '-';
    text(name(error.code));
    out_ += ' ';
    text(error.text);
    out_ += "\r\n";
  }
  void operator()(const Reply::Bulk& bytes) {
    head('$', std::ssize(bytes));
    out_ += bytes;
    out_ += "\r\n";
  }
  void operator()(const Reply::Array& elements) {
    head('*', std::ssize(elements));
    for (const Reply& element : elements) (*this)(element);
  }
  void operator()(const Reply::Push& push) {
    head(version_ == Version::resp3 ? '>' : '*', std::ssize(push.elements));
    for (const Reply& element : push.elements) (*this)(element);
  }
  void operator()(const Reply::Map& fields) {
    const bool flat = version_ == Version::resp2;
    head(flat ? '*' : '%', std::ssize(fields) * (flat ? 2 : 1));
    for (const auto& [name, value] : fields) {
      (*this)(name);
      (*this)(value);
    }
  }

 private:
  void head(char type, std::int64_t number) {
    std::array<char, 20> digits;  // "-9223372036854775808"
    const auto end = std::to_chars(digits.begin(), digits.end(), number).ptr;
    out_ += type;
    out_.append(digits.begin(), end);
    out_ += "\r\n";
  }

  void text(std::string_view line) {
    const auto is_control = [](char c) { return ('\0' <= c && c < ' ') || c == '\x7f'; };
    std::replace_copy_if(line.begin(), line.end(), std::back_inserter(out_), is_control, ' ');
  }

  Version version_;
  std::string& out_;
};

}  // namespace

void encode(const bank::Reply& reply, Version version, std::string& out) {
  Encoder(version, out)(reply);
}

}  // namespace wire::resp
