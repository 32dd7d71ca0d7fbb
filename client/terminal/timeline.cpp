#include "client/terminal/timeline.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>

#include "client/terminal/svg.hpp"

namespace client {

namespace {

using svg::bar;
using svg::dot;
using svg::line;
using svg::number;
using svg::text;

constexpr double left = 230;        // of the time axis
constexpr double width = 1200;      // of the time axis
constexpr double margin = 130;      // to its right, for labels
constexpr double row = 11;          // a row of labels
constexpr double label_size = 5.6;  // a character of a label
constexpr std::size_t most_rows = 24;
constexpr std::size_t most_rows_of_points = 8;

constexpr std::string_view style_sheet = R"(<style>
svg{background:#fff;color:#1c1e21;font-family:sans-serif;font-size:9px}
text{fill:currentColor}.head{font-size:12px}.key{fill:#5f6670}
.life{fill:#d5d9df}.wait{fill:#f4c95d;opacity:.75}.held{fill:#4f83cc}
.point{stroke:currentColor}.end{stroke:#c2255c;stroke-width:3}.ran{fill:#2b8a3e}
.cancel{stroke:#c2255c;stroke-width:2}.grid{stroke:#d5d9df}.missed{fill:#c2255c;opacity:.2}
.arrow{stroke:#9c6b00;fill:none}.tip{fill:#9c6b00}
@media(prefers-color-scheme:dark){svg{background:#16181c;color:#e4e6ea}.key{fill:#9aa1ab}
.life,.grid{fill:#3a3f47;stroke:#3a3f47}.ran{fill:#69db7c}.end,.cancel{stroke:#ff7aa8}
.arrow{stroke:#ffd166}.tip{fill:#ffd166}}
</style>
)";

/// One transaction. Its shapes are drawn relative to its upper edge, which is known once all lanes
/// have their heights.
struct Lane {
  std::string name;
  std::string key;
  double begins = 0;
  std::optional<double> ends;
  std::optional<std::pair<double, std::string>> waits;  // since, for what
  std::map<std::string, double> owns;                   // account → since
  std::vector<double> row_ends;                         // of the labels
  std::vector<std::pair<double, std::string>> marks;    // x, label
  std::string shapes;                                   // below the labels
  double top = 0;

  double height() const { return 30 + row * static_cast<double>(row_ends.size()); }
};

class Timeline {
 public:
  Timeline(const std::vector<Event>& events, std::string_view unit) : events_(events), unit_(unit) {
    if (events.empty()) return;
    first_ = events.front().time_us;
    span_ = static_cast<double>(std::max<std::int64_t>(events.back().time_us - first_, 1));
  }

  std::string draw() {
    for (const Event& event : events_) take(event);
    for (auto& [handle, lane] : lanes_) close(lane);
    double y = 40;
    std::string lanes;
    for (const std::string& handle : order_) {
      Lane& lane = lanes_.at(handle);
      lane.top = y;
      lanes += draw(lane);
      y += lane.height();
    }
    const double below = y + 10;
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " +
           number(left + width + margin) + " " + number(below + 60) + "\">\n" +
           std::string(style_sheet) + axis(below) + missed(below) + lanes + arrows() +
           legend(below + 35) + "</svg>\n";
  }

 private:
  struct Arrow {
    std::string from, to, account;
    double x;
  };

  double x(const Event& event) const {
    return left + width * static_cast<double>(event.time_us - first_) / span_;
  }

  Lane& lane_of(const Event& event) {
    const auto [found, is_new] = lanes_.try_emplace(event.handle);
    if (is_new) {
      order_.push_back(event.handle);
      found->second.name = event.handle;
      found->second.begins = x(event);
    }
    return found->second;
  }

  void take(const Event& event) {
    if (event.name == "missed") {
      missed_.emplace_back(x(event), event.text());
      return;
    }
    Lane& lane = lane_of(event);
    // A wait ends with the next thing that the transaction itself does.
    const bool by_another = event.name == "cancel" || event.name == "verdict";
    if (lane.waits && !by_another) end_wait(lane, x(event));
    const double at = x(event);
    if (event.name == "admitted") {
      lane.name += " " + event.detail(0) + " " + event.detail(1);
      if (event.detail(2) != "0") lane.name += " → " + event.detail(2);
      if (!event.detail(3).empty()) lane.key = "key " + event.detail(3);
    } else if (event.name == "waiting") {
      begin_wait(lane, event);
    } else if (event.name == "granted") {
      lane.owns[event.detail(1)] = at;
    } else if (event.name == "released") {
      end_ownership(lane, event.detail(1), at);
    } else if (event.name == "gone") {
      lane.ends = at;
    } else {
      mark(lane, event);
    }
  }

  void mark(Lane& lane, const Event& event) {
    const double at = x(event);
    const std::string words =
        event.name == "point" ? event.text() : event.name + " " + event.text();
    if (event.name == "point") {
      lane.shapes += line("point", at, 2, at, 14, words);
      label(lane, at, words, most_rows_of_points);
    } else if (event.name == "stage" && event.detail(0) == "committing") {
      lane.shapes += line("end", at, -4, at, 20, "point of no return: no cancel wins from here on");
      label(lane, at, "┃ no return");
    } else if (event.name == "cleanup" && event.detail(0) == "ran") {
      lane.shapes += dot("ran", at, 8, words);
      label(lane, at, event.text());
    } else if (event.name == "cancel") {
      lane.shapes += line("cancel", at - 4, 4, at + 4, 12, words);
      lane.shapes += line("cancel", at - 4, 12, at + 4, 4, words);
      label(lane, at, words);
    } else if (event.name == "verdict" || event.name == "reply") {
      label(lane, at, words);
    }
  }

  void begin_wait(Lane& lane, const Event& event) {
    lane.waits.emplace(x(event), event.text());
    if (event.detail(0) != "lock") return;
    for (const auto& [handle, other] : lanes_) {
      if (other.owns.count(event.detail(1)) > 0) {
        arrows_.push_back({handle, event.handle, event.detail(1), x(event)});
      }
    }
  }
  void end_wait(Lane& lane, double at) {
    const auto& [since, what] = *lane.waits;
    lane.shapes += bar("wait", since, at, 1, 14, "waits " + what);
    label(lane, since, "waits " + what);
    lane.waits.reset();
  }
  void end_ownership(Lane& lane, const std::string& account, double at) {
    const auto owned = lane.owns.find(account);
    if (owned == lane.owns.end()) return;
    lane.shapes += bar("held", owned->second, at, 16, 3, "owns account " + account);
    lane.owns.erase(owned);
  }
  /// At the end of the recording.
  void close(Lane& lane) {
    const double end = lane.ends.value_or(left + width);
    if (lane.waits) end_wait(lane, end);
    while (!lane.owns.empty()) end_ownership(lane, std::string(lane.owns.begin()->first), end);
  }

  /// Puts a label into the first of the rows where it covers no other. If all are full it is left
  /// out, and only the title of its shape has its words.
  static void label(Lane& lane, double at, const std::string& words, std::size_t rows = most_rows) {
    const std::string shown = shortened(words);
    const double length = label_size * static_cast<double>(shown.size());
    const double begin = std::min(at + 2, left + width + margin - length);
    auto free = std::find_if(lane.row_ends.begin(), lane.row_ends.end(),
                             [&](double row_end) { return row_end < begin; });
    if (free == lane.row_ends.end()) {
      if (lane.row_ends.size() >= rows) return;
      lane.row_ends.push_back(0);
      free = lane.row_ends.end() - 1;
    }
    *free = begin + length;
    const auto index = static_cast<double>(free - lane.row_ends.begin());
    lane.shapes += text(begin, 29 + row * index, shown);
  }
  static std::string shortened(const std::string& words) {
    std::size_t end = 60;
    if (words.size() <= end) return words;
    while ((words[end] & 0xC0) == 0x80) --end;  // in the middle of a character
    return words.substr(0, end) + "…";
  }

  static std::string draw(const Lane& lane) {
    const double end = lane.ends.value_or(left + width);
    return "<g transform=\"translate(0 " + number(lane.top) + ")\">\n" +
           text(8, 11, lane.name, "head") + text(8, 24, lane.key, "key") +
           bar("life", lane.begins, end, 6, 4, "in flight") + lane.shapes + "</g>\n";
  }

  std::string arrows() const {
    std::string all;
    for (const Arrow& arrow : arrows_) {
      const double from = lanes_.at(arrow.from).top + 18;
      const double to = lanes_.at(arrow.to).top + 8;
      const double tip = to > from ? -5 : 5;
      all += line("arrow", arrow.x, from, arrow.x, to,
                  arrow.from + " owns account " + arrow.account + ", " + arrow.to + " waits");
      all += "<path class=\"tip\" d=\"M" + number(arrow.x) + " " + number(to) + "l-3 " +
             number(tip) + "h6z\"/>\n" +
             text(arrow.x + 4, to + tip * 1.4 + 2, "account " + arrow.account, "key");
    }
    return all;
  }

  std::string missed(double below) const {
    std::string all;
    for (const auto& [at, words] : missed_) {
      all += bar("missed", at - 3, at + 3, 30, below - 30, words) + text(at + 5, 28, words);
    }
    return all;
  }

  std::string axis(double below) const {
    const bool in_ms = unit_ == "µs" && span_ >= 10'000;
    const double scale = in_ms ? 1000 : 1;
    double step = std::pow(10, std::floor(std::log10(span_ / scale)));
    step /= span_ / scale / step < 2 ? 5 : span_ / scale / step < 5 ? 2 : 1;
    std::string all = text(8, 20, in_ms ? "ms" : unit_, "head");
    for (double at = 0; at <= span_ / scale; at += step) {
      const double there = left + width * at * scale / span_;
      char spelled[32];
      std::snprintf(spelled, sizeof spelled, "%g", at);
      all += line("grid", there, 26, there, below) + text(there + 2, 20, spelled);
    }
    return all;
  }

  static std::string legend(double y) {
    return "<g transform=\"translate(0 " + number(y) + ")\">\n" + line("point", left, 0, left, 12) +
           text(left + 5, 10, "point") + bar("wait", left + 60, left + 80, 0, 12, "") +
           text(left + 85, 10, "waits") + bar("held", left + 140, left + 160, 5, 3, "") +
           text(left + 165, 10, "owns an account") + line("arrow", left + 270, 0, left + 270, 12) +
           text(left + 275, 10, "from the owner to the waiter") +
           line("end", left + 430, 0, left + 430, 12) +
           text(left + 435, 10, "no cancel wins from here on") +
           line("cancel", left + 590, 2, left + 598, 10) +
           line("cancel", left + 590, 10, left + 598, 2) + text(left + 603, 10, "cancel") +
           dot("ran", left + 660, 6) + text(left + 666, 10, "cleanup that ran") + "</g>\n";
  }

  const std::vector<Event>& events_;
  const std::string unit_;
  std::int64_t first_ = 0;
  double span_ = 1;
  std::map<std::string, Lane> lanes_;
  std::vector<std::string> order_;
  std::vector<Arrow> arrows_;
  std::vector<std::pair<double, std::string>> missed_;
};

}  // namespace

std::string timeline(const std::vector<Event>& events, std::string_view unit) {
  return Timeline(events, unit).draw();
}

}  // namespace client
