#include "client/lesson/mistakes/mistake.hpp"

#include <map>
#include <stdexcept>

#include "client/terminal/text.hpp"

namespace lesson {

namespace {

using Fields = std::map<std::string, std::vector<std::string>, std::less<>>;

// Takes the fields from the text, up to the empty line.
Fields take_fields(std::string_view& text) {
  Fields fields;
  std::string* last = nullptr;
  while (!text.empty()) {
    const std::string_view line = client::take_until(text, '\n');
    if (line.empty()) break;
    if (line.front() == ' ' && last != nullptr) {
      *last += "\n" + client::trimmed(std::string(line));
      continue;
    }
    const auto colon = line.find(": ");
    if (colon == line.npos) throw std::runtime_error("not a field: " + std::string(line));
    auto& values = fields[std::string(line.substr(0, colon))];
    values.emplace_back(line.substr(colon + 2));
    last = &values.back();
  }
  return fields;
}

// Moves the values of a field out of the fields.
std::vector<std::string> take(Fields& fields, std::string_view name) {
  const auto found = fields.find(name);
  if (found == fields.end()) throw std::runtime_error("no field " + std::string(name));
  auto values = std::move(found->second);
  fields.erase(found);
  return values;
}

}  // namespace

Mistake parse_mistake(std::string_view name, std::string_view text) {
  Fields fields = take_fields(text);
  const auto one = [&](std::string_view field) { return take(fields, field).front(); };
  Mistake mistake;
  mistake.name = name;
  mistake.title = one("Title");
  mistake.minutes = std::stoi(one("Minutes"));
  mistake.mechanism = one("Mechanism");
  mistake.goal = one("Goal");
  mistake.wins = one("Wins");
  for (const std::string& part : take(fields, "About")) mistake.about += part + "\n\n";
  mistake.hints = take(fields, "Hint");
  mistake.commands = take(fields, "Command");
  for (const std::string& part : take(fields, "Why")) mistake.why += part + "\n\n";
  mistake.where = one("Where");
  mistake.plan = one("Plan");
  mistake.schedule = one("Schedule");
  mistake.breaks = one("Breaks");
  mistake.columns = text;
  if (!fields.empty()) throw std::runtime_error("unknown field " + fields.begin()->first);
  return mistake;
}

}  // namespace lesson
