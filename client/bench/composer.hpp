#pragma once

#include <random>

#include "client/bench/plan.hpp"
#include "client/wire/uuid.hpp"

namespace client::bench {

/// One command in RESP, in a buffer of its own that is used again for the next command.
class CommandText {
 public:
  /// Starts a command of so many words, all of which must be added.
  CommandText& begin(std::size_t words);
  CommandText& add(std::string_view word);
  CommandText& add(std::int64_t number);

  std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  void put(std::string_view bytes);
  void put_number(char mark, std::size_t number);

  std::array<char, 512> bytes_{};
  std::size_t size_ = 0;
};

/// A request that a composer made. The views are valid until it makes the next one.
struct Composed {
  Operation operation;
  std::string_view text;    // the whole command
  std::string_view cancel;  // the command that cancels it; empty unless it is to be cancelled
};

/// Makes the requests of a plan. Does not allocate. The same seed gives the same sequence, apart
/// from the keys. Belongs to one thread at a time.
class Composer {
 public:
  /// The plan must outlive it.
  explicit Composer(const Plan& plan);

  Composed next();

 private:
  Operation choose_operation();
  std::int64_t choose_account();
  void write(Operation operation, std::int64_t account);
  bool is_to_be_cancelled(Operation operation);

  const Plan& plan_;
  std::uint32_t weights_ = 0;  // the sum of all
  std::mt19937_64 random_;
  std::int64_t turn_ = -1;
  KeySource keys_;
  KeySource::Text key_{};
  CommandText request_;
  CommandText cancel_;
};

}  // namespace client::bench
