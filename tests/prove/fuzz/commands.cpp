/// A server and clients of every role, which send it arbitrary bytes.
///
/// Input: one character that chooses the options of the server, then a script. A line that begins
/// with @ names the next client: g a guest, a or b the customers of accounts 1 and 2, t a teller, o
/// or p operators. The client sends everything up to the next such line. A lower-case letter waits
/// for the replies, a capital does not. @!a resets the connection of a; @/a shuts down its sending
/// side; @~ releases all holds.

#include <cctype>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <unistd.h>

#include "tests/db/folder.hpp"
#include "tests/prove/fuzz/caller.hpp"
#include "tests/prove/fuzz/house.hpp"
#include "tests/prove/fuzz/require.hpp"

using fuzz::Caller;
using fuzz::House;
using fuzz::require;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr int most_steps = 64;
constexpr auto for_an_answer = milliseconds(4);  // none arrives if the request is held
constexpr auto patience = std::chrono::seconds(15);

class Play {
 public:
  explicit Play(House& house) : house_(house) {}

  void act(std::string_view line) {
    if (line.empty()) return;
    const bool special = line.front() == '!' || line.front() == '/' || line.front() == '~';
    if (special) return leave(line);
    const auto letter = static_cast<unsigned char>(line.front());
    Caller* const caller = find(static_cast<char>(std::tolower(letter)));
    if (caller == nullptr) return;
    line.remove_prefix(1);
    if (line.starts_with(' ')) line.remove_prefix(1);
    caller->say(line);
    if (std::islower(letter) != 0) await_answers(*caller);
  }

  /// Waits until every request is answered and none is left in flight.
  void settle() {
    const auto until = steady_clock::now() + patience;
    while (!settled()) {
      require(steady_clock::now() < until, "every request is answered, and nothing of it is left");
      house_.let_go();
      for (auto& [letter, caller] : callers_)
        caller->listen(milliseconds(caller->satisfied() ? 0 : 1));
      if (!house_.quiet()) ::usleep(100);
    }
    for (auto& [letter, caller] : callers_) {
      if (!caller->ended()) caller->finish();
    }
  }

 private:
  void leave(std::string_view line) {
    if (line.front() == '~') return house_.let_go();
    const auto found = callers_.find(line.size() > 1 ? line[1] : ' ');
    if (found == callers_.end()) return;
    if (line.front() == '/') return found->second->end_side();
    found->second->reset();
    callers_.erase(found);
  }

  Caller* find(char letter) {
    const auto found = callers_.find(letter);
    if (found != callers_.end() && !found->second->ended()) return found->second.get();
    try {
      auto made = connect(letter);
      return (callers_[letter] = std::move(made)).get();
    } catch (const std::runtime_error&) {
      return nullptr;  // the server is shutting down, or the PIN is locked
    }
  }

  std::unique_ptr<Caller> connect(char letter) {
    if (letter == 'o' || letter == 'p') return std::make_unique<Caller>(house_.operators_socket());
    auto caller = std::make_unique<Caller>(house_.port());
    if (letter == 'a') caller->log_in("1", fuzz::pin);
    if (letter == 'b') caller->log_in("2", fuzz::pin);
    if (letter == 't') caller->log_in("teller", fuzz::teller_secret);
    return caller;
  }

  static void await_answers(Caller& caller) {
    const auto until = steady_clock::now() + for_an_answer;
    do {
      caller.listen(milliseconds(1));
    } while (!caller.satisfied() && steady_clock::now() < until);
  }

  bool settled() {
    for (const auto& [letter, caller] : callers_) {
      if (!caller->satisfied()) return false;
    }
    return house_.quiet();
  }

  House& house_;
  std::map<char, std::unique_ptr<Caller>> callers_;
};

fuzz::Manner manner(char chosen) {
  const auto bits = static_cast<unsigned char>(chosen);
  return {(bits & 1) != 0 ? cancel::Mechanism::posix : cancel::Mechanism::token, (bits & 2) != 0,
          (bits & 4) != 0};
}

void perform(House& house, std::string_view script) {
  Play play(house);
  for (int steps = 0; !script.empty() && steps < most_steps; ++steps) {
    if (script.front() == '@') script.remove_prefix(1);
    const std::size_t next = script.find("\n@");
    play.act(script.substr(0, next == script.npos ? next : next + 1));
    script.remove_prefix(next == script.npos ? script.size() : next + 1);
  }
  play.settle();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const Folder place;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  House house(place.path(), manner(input.front()));
  perform(house, input.substr(1));
  require(house.close() == 0, "the server ends with status 0");
  require(house.quiet(), "the end leaves nothing behind");
  const std::string wrong = house.wrong_in_books();
  if (!wrong.empty()) fuzz::fail(wrong);
  return 0;
}
