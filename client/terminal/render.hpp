#pragma once

/// Replies of the server as people read them, and as JSON.

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "client/wire/reply.hpp"

namespace client {

using Json = nlohmann::ordered_json;

/// A field's value for a table: money as a decimal, `…_us` as seconds, account 0 of a transfer as
/// `vault`, nothing as `-`. Safe to print.
std::string cell(std::string_view field, const Reply& value);

/// An array of flat maps as an aligned table with a heading; `nothing` and a line end if empty.
std::string table(const Reply& array_of_maps, std::string_view nothing);

/// A flat map, one field a line; a field that is an array is printed below its name, one element a
/// line, in the server's order.
std::string field_list(const Reply& map);

/// As the wire has it: integers stay integers (minor units), all else is a string.
Json to_json(const Reply& reply);
Json map_to_json(const Reply& map);
Json maps_to_json(const Reply& array_of_maps);

/// Lines of `name=value` words, as CLIENT LIST has them, as an array of objects; id, age and idle
/// are numbers. Nothing if a line does not begin with such a word.
std::optional<Json> field_lines_to_json(std::string_view lines);

}  // namespace client
