#include "client/bench/composer.hpp"

#include <charconv>
#include <cstring>

namespace client::bench {

CommandText& CommandText::begin(std::size_t words) {
  size_ = 0;
  put_number('*', words);
  return *this;
}

CommandText& CommandText::add(std::string_view word) {
  put_number('$', word.size());
  put(word);
  put("\r\n");
  return *this;
}

CommandText& CommandText::add(std::int64_t number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return add({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

// The longest command, a transfer, needs 170 bytes.
void CommandText::put(std::string_view bytes) {
  std::memcpy(bytes_.data() + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
}

void CommandText::put_number(char mark, std::size_t number) {
  bytes_[size_++] = mark;
  char* begin = bytes_.data() + size_;
  size_ += static_cast<std::size_t>(std::to_chars(begin, begin + 20, number).ptr - begin);
  put("\r\n");
}

Composer::Composer(const Plan& plan) : plan_(plan), random_(plan.seed) {
  for (const Share& share : plan.mix) weights_ += share.weight;
}

Composed Composer::next() {
  const Operation operation = choose_operation();
  const std::int64_t account = choose_account();
  if (has_key(operation)) key_ = plan_.random_keys ? keys_.next_random_text() : keys_.next_text();
  write(operation, account);
  if (!is_to_be_cancelled(operation)) return {operation, request_.text(), {}};
  cancel_.begin(3).add("CANCEL").add(account).add({key_.data(), key_.size()});
  return {operation, request_.text(), cancel_.text()};
}

Operation Composer::choose_operation() {
  if (plan_.mix.size() == 1) return plan_.mix.front().operation;
  std::uint64_t drawn = random_() % weights_;
  auto share = plan_.mix.begin();
  for (; drawn >= share->weight; ++share) drawn -= share->weight;
  return share->operation;
}

std::int64_t Composer::choose_account() {
  if (!plan_.random_accounts) {
    turn_ = (turn_ + 1) % plan_.accounts;
  } else {
    turn_ = static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(plan_.accounts));
  }
  return plan_.first_account + turn_;
}

bool Composer::is_to_be_cancelled(Operation operation) {
  if (plan_.cancels_percent == 0 || !has_key(operation)) return false;
  return random_() % 100 < static_cast<std::uint64_t>(plan_.cancels_percent);
}

void Composer::write(Operation operation, std::int64_t account) {
  const std::string_view key(key_.data(), key_.size());
  switch (operation) {
    case Operation::deposit:
    case Operation::withdraw:
      request_.begin(5).add(operation == Operation::deposit ? "DEPOSIT" : "WITHDRAW");
      request_.add(account).add(plan_.amount).add("KEY").add(key);
      return;
    case Operation::transfer: {
      // Any account but the first: the next one, or a random one.
      const auto others = static_cast<std::uint64_t>(plan_.accounts - 1);
      const auto distance =
          plan_.random_accounts ? static_cast<std::int64_t>(random_() % others) + 1 : 1;
      const std::int64_t to = plan_.first_account + (turn_ + distance) % plan_.accounts;
      request_.begin(6).add("TRANSFER").add(account).add(to).add(plan_.amount);
      request_.add("KEY").add(key);
      return;
    }
    case Operation::balance:
      request_.begin(2).add("BALANCE").add(account);
      return;
    case Operation::ping:
      request_.begin(1).add("PING");
      return;
    case Operation::get:
      request_.begin(2).add("GET").add(account);
      return;
    case Operation::incrby:
      request_.begin(3).add("INCRBY").add(account).add(plan_.amount);
      return;
  }
}

}  // namespace client::bench
