#include "tests/prove/fuzz/damage.hpp"

#include <algorithm>

#include "tests/db/change_rows.hpp"

namespace fuzz {
namespace {

constexpr std::size_t most_added = 8192;

/// An input, consumed from its front.
class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}
  bool empty() const { return rest_.empty(); }
  unsigned byte() {
    if (rest_.empty()) return 0;
    const auto first = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return first;
  }
  std::size_t place(std::size_t size) {
    const std::size_t far = byte() + 256 * byte() + 65536 * byte();
    return size == 0 ? 0 : far % size;
  }
  std::string_view bytes(std::size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

void write_over(std::string& bytes, std::size_t at, std::string_view what) {
  const std::size_t count = std::min(what.size(), bytes.size() - at);
  bytes.replace(at, count, what.substr(0, count));
}

void copy_page(std::string& bytes, std::size_t from, std::size_t to) {
  constexpr std::size_t page = 4096;
  write_over(bytes, to / page * page, std::string(bytes, from / page * page, page));
}

/// Applies one edit: the kind, the place and the bytes.
void edit(LedgerBytes& ledger, Input& input) {
  const unsigned what = input.byte();
  std::string& bytes = what >= 128 && !ledger.log.empty() ? ledger.log : ledger.file;
  const std::size_t at = input.place(bytes.size());
  if (bytes.empty()) return;
  switch (what % 8) {
    case 0:
      bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ input.byte());
      return;
    case 1:
      return write_over(bytes, at, input.bytes(8));
    case 2:
      return write_over(bytes, at, input.bytes(input.byte()));
    case 3:
      return write_over(bytes, at, std::string(1 + input.byte(), '\0'));
    case 4:
      return copy_page(bytes, at, input.place(bytes.size()));
    case 5:
      return bytes.resize(at);
    case 6:
      return bytes.resize(bytes.size() + at % most_added);
    default:
      bytes[at] = static_cast<char>(input.byte());
  }
}

LedgerBytes edited(LedgerBytes ledger, Input& input) {
  while (!input.empty()) edit(ledger, input);
  return ledger;
}

}  // namespace

void put_damaged(const SoundLedgers& sound, std::string_view text,
                 const std::filesystem::path& folder) {
  Input input(text);
  const unsigned choice = input.byte() % 8;
  if (choice < 4) return put(edited(choice % 2 == 0 ? sound.closed : sound.crashed, input), folder);
  if (choice == 6) return put({std::string(input.rest()), {}}, folder);
  if (choice == 7) return put({sound.crashed.file, std::string(input.rest())}, folder);
  put(sound.closed, folder);
  change_rows(folder, input.rest());
}

}  // namespace fuzz
