#pragma once

/// The live view of `atm admin watch`, as lines of text.
///
///     1-5  withdraw 1      ━━━━◆────┃────  locked      hold    cleanup 3    0.461 s
///     └► 1-6 waits for account 1
///
/// A ladder has a rung for each point. Those that were reached are drawn through, and the thick
/// line is where cancellation ends.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "client/terminal/in_flight.hpp"

namespace client {

/// The points in their order on a ladder, and how many of them honour a cancel. The test `client`
/// compares them with the table of the server.
inline constexpr std::array<std::string_view, 15> rungs{
    "queued",     "started",    "checked",  "lock-wait", "locked",
    "retrieved",  "authorized", "scanning", "modified",  "answering",
    "committing", "ordered",    "unlocked", "committed", "replied"};
inline constexpr std::size_t cancellable_rungs = 10;

struct View {
  std::string selected;  // a handle
  std::string status;    // the result of the last key
  std::int64_t now_us = 0;
  std::size_t width = 80;
  std::size_t height = 24;
};

/// Returns exactly `height` lines, none wider than `width`, with nothing in them that drives a
/// terminal. The selected transaction is always among those shown. Pure.
std::vector<std::string> ladders(const InFlight& model, const View& view);

}  // namespace client
