#include "client/terminal/render.hpp"

#include <algorithm>
#include <cstdio>

#include "client/terminal/amount.hpp"
#include "client/terminal/text.hpp"

namespace client {

namespace {

bool is_duration(std::string_view field) {
  return field.ends_with("_us");
}

std::string heading(std::string_view field) {
  return printable(is_duration(field) ? field.substr(0, field.size() - 3) : field);
}

std::string seconds(std::int64_t microseconds) {
  char spelled[48];
  std::snprintf(spelled, sizeof spelled, "%.3f s", static_cast<double>(microseconds) / 1e6);
  return spelled;
}

std::string number_cell(std::string_view field, std::int64_t number) {
  if (field == "amount" || field == "balance") return format_amount(number);
  if (is_duration(field)) return seconds(number);
  if (number == 0 && (field == "debit" || field == "credit")) return "vault";
  for (const char* reference : {"account", "to", "reversed_by", "reverses"}) {
    if (number == 0 && field == reference) return "-";
  }
  return std::to_string(number);
}

// Returns an element of a list within a map, which may itself be a pair or a map.
std::string element(const Reply& item) {
  if (item.kind != Reply::Kind::array) return printable(item.spelled());
  std::string line;
  for (const Reply& part : item.items) line += (line.empty() ? "" : " ") + element(part);
  return line;
}

// Returns one element on each line, with its time if `times` is not null.
std::string element_lines(const Reply& list, const Reply* times) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    rows.push_back({"  " + element(list.items[i])});
    if (times != nullptr) rows.back().push_back(element(times->items[i]) + " us");
  }
  return columns(rows, {false, true});
}

// True if this field holds the times of the list `name`, as `passed_us` does for `passed`.
bool are_times_of(const std::pair<std::string, const Reply*>& times, std::string_view name,
                  const Reply& list) {
  return times.first == std::string(name) + "_us" && times.second->kind == Reply::Kind::array &&
         times.second->items.size() == list.items.size();
}

Json field_json(std::string_view name, std::string_view value) {
  const bool is_number = name == "id" || name == "age" || name == "idle";
  const auto number = is_number ? parse_number(value, 0, INT64_MAX) : std::nullopt;
  return number ? Json(*number) : Json(value);
}

// A value may contain blanks: a word that does not begin a new field belongs to the previous one.
std::optional<Json> field_line_to_json(std::string_view line) {
  std::vector<std::pair<std::string, std::string>> fields;
  while (!line.empty()) {
    const std::string_view word = take_until(line, ' ');
    const auto equals = word.find('=');
    const std::string name(word.substr(0, equals));
    const bool known = std::any_of(fields.begin(), fields.end(),
                                   [&](const auto& field) { return field.first == name; });
    if (equals != word.npos && !name.empty() && !known) {
      fields.emplace_back(name, word.substr(equals + 1));
    } else if (fields.empty()) {
      return std::nullopt;
    } else {
      fields.back().second += " " + std::string(word);
    }
  }
  Json object = Json::object();
  for (const auto& [name, value] : fields) object[name] = field_json(name, value);
  return object;
}

}  // namespace

std::string cell(std::string_view field, const Reply& value) {
  switch (value.kind) {
    case Reply::Kind::integer:
      return number_cell(field, value.number);
    case Reply::Kind::array:
      return value.items.empty() ? "-" : element(value);
    default:
      return value.text.empty() ? "-" : printable(value.text);
  }
}

std::string table(const Reply& array_of_maps, std::string_view nothing) {
  if (array_of_maps.items.empty()) return std::string(nothing) + "\n";
  std::vector<std::vector<std::string>> rows(1);
  std::vector<bool> right;
  for (const auto& [name, value] : array_of_maps.items.front().fields()) {
    rows.front().push_back(heading(name));
    right.push_back(value->kind == Reply::Kind::integer);
  }
  for (const Reply& map : array_of_maps.items) {
    std::vector<std::string> row;
    for (const auto& [name, value] : map.fields()) row.push_back(cell(name, *value));
    rows.push_back(std::move(row));
  }
  return columns(rows, right);
}

std::string field_list(const Reply& map) {
  std::size_t widest = 0;
  for (const auto& [name, value] : map.fields()) widest = std::max(widest, heading(name).size());
  std::string lines;
  const auto fields = map.fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto& [name, value] = fields[i];
    const std::string title = heading(name);
    const bool is_list = value->kind == Reply::Kind::array && !value->items.empty();
    if (!is_list) {
      lines += title + std::string(widest - title.size() + 2, ' ') + cell(name, *value) + "\n";
      continue;
    }
    const bool timed = i + 1 < fields.size() && are_times_of(fields[i + 1], name, *value);
    lines += title + "\n" + element_lines(*value, timed ? fields[i + 1].second : nullptr);
    if (timed) ++i;
  }
  return lines;
}

std::string verdict_in_words(const Reply& verdict) {
  const auto code = verdict.code();
  if (code == "CANCELLED") return "cancelled: nothing was changed, nor will be";
  if (code == "ALREADY") return "it had been cancelled before: nothing was changed, nor will be";
  if (code == "TOOLATE") return "too late to cancel: it was past the point of no return";
  if (code == "INVALIDHANDLE") return "nothing to cancel: no such transaction is in flight";
  if (code == "UNKNOWN") return "whether it was cancelled is not known yet";
  return "not cancelled: " + verdict.spelled();
}

Json to_json(const Reply& reply) {
  switch (reply.kind) {
    case Reply::Kind::nil:
      return nullptr;
    case Reply::Kind::integer:
      return reply.number;
    case Reply::Kind::array: {
      Json list = Json::array();
      for (const Reply& item : reply.items) list.push_back(to_json(item));
      return list;
    }
    default:
      return reply.text;
  }
}

Json map_to_json(const Reply& map) {
  if (map.kind != Reply::Kind::array || map.items.size() % 2 != 0) return to_json(map);
  Json object = Json::object();
  for (const auto& [name, value] : map.fields()) object[name] = to_json(*value);
  return object;
}

Json maps_to_json(const Reply& array_of_maps) {
  Json list = Json::array();
  for (const Reply& map : array_of_maps.items) list.push_back(map_to_json(map));
  return list;
}

std::optional<Json> field_lines_to_json(std::string_view lines) {
  Json list = Json::array();
  while (!lines.empty()) {
    auto object = field_line_to_json(take_until(lines, '\n'));
    if (!object) return std::nullopt;
    list.push_back(std::move(*object));
  }
  return list;
}

}  // namespace client
