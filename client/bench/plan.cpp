#include "client/bench/plan.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace client::bench {

namespace {

constexpr std::uint32_t greatest_weight = 1'000;

constexpr std::array<std::pair<std::string_view, Operation>, 7> names{
    {{"deposit", Operation::deposit},
     {"withdraw", Operation::withdraw},
     {"transfer", Operation::transfer},
     {"balance", Operation::balance},
     {"ping", Operation::ping},
     {"get", Operation::get},
     {"incrby", Operation::incrby}}};

bool is_of_redis(const Share& share) {
  return share.operation == Operation::get || share.operation == Operation::incrby;
}

std::optional<Share> parse_share(std::string_view text) {
  const auto colon = text.find(':');
  const auto named = std::find_if(names.begin(), names.end(), [&](const auto& each) {
    return each.first == text.substr(0, colon);
  });
  if (named == names.end()) return std::nullopt;
  Share share{named->second};
  if (colon == text.npos) return share;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, share.weight);
  const bool is_weight = error == std::errc() && stop == end;
  if (!is_weight || share.weight < 1 || share.weight > greatest_weight) return std::nullopt;
  return share;
}

}  // namespace

std::optional<std::vector<Share>> parse_mix(std::string_view text) {
  std::vector<Share> mix;
  for (;;) {
    const auto comma = text.find(',');
    const auto share = parse_share(text.substr(0, comma));
    if (!share) return std::nullopt;
    mix.push_back(*share);
    if (comma == text.npos) break;
    text.remove_prefix(comma + 1);
  }
  const bool redis = is_for_redis(mix);
  const bool is_pure = std::all_of(mix.begin(), mix.end(), [&](const Share& share) {
    return is_of_redis(share) == redis || share.operation == Operation::ping;
  });
  if (!is_pure) return std::nullopt;
  return mix;
}

std::string_view name_of(Operation operation) {
  return std::find_if(names.begin(), names.end(),
                      [&](const auto& each) { return each.second == operation; })
      ->first;
}

bool has_key(Operation operation) {
  return operation == Operation::deposit || operation == Operation::withdraw ||
         operation == Operation::transfer;
}

bool is_for_redis(const std::vector<Share>& mix) {
  return std::any_of(mix.begin(), mix.end(), is_of_redis);
}

bool contains(const std::vector<Share>& mix, Operation operation) {
  return std::any_of(mix.begin(), mix.end(),
                     [&](const Share& share) { return share.operation == operation; });
}

}  // namespace client::bench
