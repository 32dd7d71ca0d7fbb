#include "client/lesson/mistakes/typed.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "client/terminal/text.hpp"

namespace lesson {

namespace {

using Words = std::vector<std::string>;

// Splits at blanks; quotes keep a word together.
Words split(std::string_view line) {
  Words words;
  bool in_word = false;
  char quote = 0;
  for (const char c : line) {
    const bool is_quote = quote == 0 ? c == '"' || c == '\'' : c == quote;
    if (is_quote) quote = quote == 0 ? c : '\0';
    const bool is_blank = quote == 0 && (c == ' ' || c == '\t');
    if (!is_blank && !in_word) words.emplace_back();
    in_word = !is_blank;
    if (!is_blank && !is_quote) words.back() += c;
  }
  return words;
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_option(const std::string& word) {
  return word.starts_with("--");
}

bool has_value_of_its_own(const std::string& option) {
  return option != "--json" && option.find('=') == option.npos;
}

// Returns the words that are neither options nor their values.
Words plain(const Words& words) {
  Words found;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!is_option(words[i])) {
      found.push_back(words[i]);
    } else if (has_value_of_its_own(words[i])) {
      ++i;
    }
  }
  return found;
}

// Returns the value of an option, or nothing.
std::string value_of(const Words& words, const std::string& option) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == option && i + 1 < words.size()) return words[i + 1];
    if (words[i].starts_with(option + "=")) return words[i].substr(option.size() + 1);
  }
  return {};
}

// Moves the name of the command from the front of the plain words: one word, or two after `admin`,
// or three after `admin hold`.
std::string take_name(Words& words) {
  std::string name;
  while (!words.empty()) {
    name += (name.empty() ? "" : " ") + words.front();
    words.erase(words.begin());
    if (name != "admin" && name != "admin hold") break;
  }
  return name;
}

bool is_write(std::string_view operation) {
  return is_one_of(operation, {"deposit", "withdraw", "transfer", "create"});
}

bool is_of_customer(std::string_view name) {
  return is_one_of(name,
                   {"deposit", "withdraw", "transfer", "balance", "history", "status", "cancel"});
}

bool is_of_client(std::string_view name) {
  return is_of_customer(name) || is_one_of(name, {"create", "reverse", "bench"});
}

std::int64_t number_in(const std::string& text, std::int64_t otherwise) {
  std::int64_t number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Replaces each @KEY by a handle, that of the youngest request with this key.
std::string expand_keys(Words& words, const std::vector<InFlight>& in_flight) {
  for (std::string& word : words) {
    if (!word.starts_with('@')) continue;
    const auto has_key = [&](const InFlight& each) { return each.key == word.substr(1); };
    const auto found = std::find_if(in_flight.rbegin(), in_flight.rend(), has_key);
    if (found == in_flight.rend())
      return "no request with the key " + word.substr(1) + " is in flight";
    word = found->handle;
  }
  return {};
}

// Finds the write that the command sends or cancels.
void find_key(Typed& typed, const Words& operands, const std::vector<InFlight>& in_flight) {
  const std::int64_t account = number_in(value_of(typed.words, "--account"), 0);
  typed.sends = is_write(typed.name) || typed.name == "admin create";
  if (typed.sends) {
    typed.key = {typed.name.ends_with("create") ? 0 : account, value_of(typed.words, "--key")};
  } else if (typed.name == "cancel" && !operands.empty()) {
    typed.key = {account, operands.front()};
  } else if (typed.name == "admin cancel" && !operands.empty()) {
    for (const InFlight& each : in_flight) {
      if (each.handle != operands.front() || !is_write(each.operation)) continue;
      typed.key = {each.operation == "create" ? 0 : each.account, each.key};
    }
  }
}

}  // namespace

Typed understand(std::string_view line, int number, const std::vector<InFlight>& in_flight) {
  Typed typed;
  Words& words = typed.words;
  words = split(line);
  if (!words.empty() && words.back().ends_with('&')) words.back().pop_back();
  if (!words.empty() && words.back().empty()) words.pop_back();
  if (!words.empty() && words.front() == "atm") words.erase(words.begin());
  typed.fault = expand_keys(words, in_flight);
  Words operands = plain(words);
  typed.name = take_name(operands);
  if (is_one_of(typed.name, {"", "admin", "lesson", "passwd", "admin watch", "admin drain"})) {
    typed.fault = "type a command of atm, such as deposit 20.00, or help";
  } else if (!typed.name.starts_with("admin ") && !is_of_client(typed.name)) {
    typed.fault = "there is no command " + client::printable(typed.name) + "; type help";
  }
  if (is_of_customer(typed.name) && value_of(words, "--account").empty()) {
    words.insert(words.begin(), {"--account", "1"});
  }
  if ((is_write(typed.name) || typed.name == "admin create") && value_of(words, "--key").empty()) {
    words.insert(words.end(), {"--key", "key" + std::to_string(number)});
  }
  find_key(typed, operands, in_flight);
  return typed;
}

}  // namespace lesson
