#include "tests/prove/fuzz/encoding.hpp"

#include <cstdint>
#include <exception>
#include <string>

#include "server/bank/reply.hpp"
#include "server/wire/resp/encode.hpp"
#include "tests/prove/fuzz/require.hpp"
#include "tests/server/rig/reply.hpp"

using bank::Reply;
using wire::resp::Version;

namespace fuzz {
namespace {

constexpr int deepest = 6;

/// Makes replies from bytes: the first chooses the kind, the next the contents.
class Drawn {
 public:
  explicit Drawn(std::string_view bytes) : bytes_(bytes) {}

  Reply reply(int depth = 0) {
    const unsigned kind = byte() % (depth < deepest ? 8 : 5);
    switch (kind) {
      case 0:
        return Reply::null();
      case 1:
        return Reply::integer(number());
      case 2:
        return Reply::status(text());
      case 3:
        return Reply::error(bank::Code::err, text());
      case 4:
        return Reply::bulk(text());
      case 5:
        return Reply::array(elements(depth));
      case 6:
        return Reply::push(elements(depth));
      default:
        return Reply::map(fields(depth));
    }
  }

 private:
  unsigned byte() {
    if (bytes_.empty()) return 0;
    const auto first = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    return first;
  }
  std::int64_t number() {
    std::uint64_t value = 0;
    for (unsigned left = byte() % 9; left > 0; --left) value = value * 256 + byte();
    return static_cast<std::int64_t>(value);
  }
  std::string text() {
    const std::string taken(bytes_.substr(0, byte()));
    bytes_.remove_prefix(std::min(taken.size(), bytes_.size()));
    return taken;
  }
  Reply::Array elements(int depth) {
    Reply::Array all;
    for (unsigned left = byte() % 5; left > 0; --left) all.push_back(reply(depth + 1));
    return all;
  }
  Reply::Map fields(int depth) {
    Reply::Map all;
    for (unsigned left = byte() % 5; left > 0; --left) all.emplace_back(text(), reply(depth + 1));
    return all;
  }

  std::string_view bytes_;
};

/// Replaces characters that statuses and errors, which end with their line, cannot contain.
std::string line(std::string text) {
  for (char& c : text) {
    if (('\0' <= c && c < ' ') || c == '\x7f') c = ' ';
  }
  return text;
}

rig::Reply expected(const Reply& reply, Version version);

rig::Reply bulk(const std::string& text) {
  return {'$', text, 0, {}};
}

/// Returns the reply that a client must decode.
struct Expected {
  Version version;

  rig::Reply operator()(Reply::Null) const { return {}; }
  rig::Reply operator()(std::int64_t number) const { return {':', {}, number, {}}; }
  rig::Reply operator()(const Reply::Status& status) const {
    return {'+', line(status.text), 0, {}};
  }
  rig::Reply operator()(const Reply::Error& error) const {
    return {'-', line(std::string(name(error.code)) + " " + error.text), 0, {}};
  }
  rig::Reply operator()(const Reply::Bulk& bytes) const { return bulk(bytes); }
  rig::Reply operator()(const Reply::Array& elements) const { return row('*', elements); }
  rig::Reply operator()(const Reply::Push& push) const {
    return row(version == Version::resp3 ? '>' : '*', push.elements);
  }
  rig::Reply operator()(const Reply::Map& fields) const {
    rig::Reply all{version == Version::resp3 ? '%' : '*', {}, 0, {}};
    for (const auto& [name, value] : fields) {
      all.elements.push_back(bulk(name));
      all.elements.push_back(expected(value, version));
    }
    return all;
  }

 private:
  rig::Reply row(char type, const Reply::Array& elements) const {
    rig::Reply all{type, {}, 0, {}};
    for (const Reply& each : elements) all.elements.push_back(expected(each, version));
    return all;
  }
};

rig::Reply expected(const Reply& reply, Version version) {
  return std::visit(Expected{version}, reply.value);
}

void check(const Reply& reply, Version version) {
  std::string bytes;
  wire::resp::encode(reply, version, bytes);
  rig::Reply read;
  try {
    require(rig::take_reply(bytes, read), "an encoded reply is complete");
  } catch (const std::exception& error) {
    fail(std::string("an encoded reply can be read: ") + error.what());
  }
  require(bytes.empty(), "an encoded reply is one reply");
  require(read == expected(reply, version), "a decoded reply equals the original");
}

}  // namespace

void check_encoding(std::string_view bytes) {
  const Reply reply = Drawn(bytes).reply();
  check(reply, Version::resp2);
  check(reply, Version::resp3);
}

}  // namespace fuzz
