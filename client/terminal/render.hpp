#pragma once

/// Turns replies into text for people, and into JSON.

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "client/wire/reply.hpp"

namespace client {

using Json = nlohmann::ordered_json;

/// Returns a field's value for a table: money as a decimal, `…_us` as seconds, account 0 of a
/// transfer as `vault`, an empty value as `-`. The result is safe to print.
std::string cell(std::string_view field, const Reply& value);

/// Returns an array of flat maps as an aligned table with a heading, or the line `nothing` if the
/// array is empty.
std::string table(const Reply& array_of_maps, std::string_view nothing);

/// Returns a flat map with one field on each line. A field that is an array is printed below its
/// name, one element on each line, in the server's order.
std::string field_list(const Reply& map);

/// Returns the verdict of CANCEL or TXN CANCEL as one sentence without a full stop.
std::string verdict_in_words(const Reply& verdict);

/// Convert a reply, a flat map, and an array of flat maps. Integers stay integers (minor units);
/// all else is a string.
Json to_json(const Reply& reply);
Json map_to_json(const Reply& map);
Json maps_to_json(const Reply& array_of_maps);

/// Converts lines of `name=value` words, the format of CLIENT LIST, into an array of objects, in
/// which id, age and idle are numbers. Returns nothing if a line does not begin with such a word.
std::optional<Json> field_lines_to_json(std::string_view lines);

}  // namespace client
