#include "tests/db/platter.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <span>
#include <utility>

void Platter::apply(const Change& change, std::string& to) {
  const auto at = static_cast<std::size_t>(change.at);
  if (change.cuts) {
    to.resize(at, '\0');
    return;
  }
  to.resize(std::max(to.size(), at + change.bytes.size()), '\0');
  to.replace(at, change.bytes.size(), change.bytes);
}

void Platter::write(std::int64_t at, std::string bytes) {
  unsynced_.push_back({at, std::move(bytes), false});
}

void Platter::truncate(std::int64_t size) {
  unsynced_.push_back({size, {}, true});
}

void Platter::sync() {
  for (const Change& change : unsynced_) apply(change, synced_);
  unsynced_.clear();
}

/// Decides sector by sector. File systems keep truncations in order: one that is lost loses all
/// later ones, too.
class Platter::Loss {
 public:
  Loss(const PowerLoss& loss, std::string& left)
      : coin_(loss.seed),
        odds_(chances.at(loss.seed % chances.size())),
        sector_(loss.sector),
        left_(left) {}

  void replay(std::span<const Change> changes) {
    const auto cuts = std::count_if(changes.begin(), changes.end(),
                                    [](const Change& change) { return change.cuts; });
    auto done = static_cast<std::int64_t>(coin_() % static_cast<unsigned>(cuts + 1));
    for (auto from = changes.begin(); from != changes.end();) {
      const auto cut =
          std::find_if(from, changes.end(), [](const Change& change) { return change.cuts; });
      write({from, cut});
      if (cut == changes.end()) return;
      if (done-- > 0) apply(*cut, left_);
      from = cut + 1;
    }
  }

 private:
  // How many of eight sectors keep their latest state.
  static constexpr std::array<unsigned, 4> chances{0, 4, 7, 8};

  /// The states of a sector, each as far as the file reached into it then.
  using States = std::vector<std::string>;

  void write(std::span<const Change> writes) {
    std::map<std::size_t, States> sectors;
    for (const Change& change : writes) {
      const auto begin = static_cast<std::size_t>(change.at);
      const std::size_t end = begin + change.bytes.size();
      for (std::size_t at = begin; at < end; at = (at / sector_ + 1) * sector_) {
        const std::size_t number = at / sector_;
        States& states = sectors.try_emplace(number, States{before(number)}).first->second;
        const std::size_t upto = std::min(end, (number + 1) * sector_);
        Change piece{static_cast<std::int64_t>(at % sector_),
                     change.bytes.substr(at - begin, upto - at), false};
        std::string state = states.back();
        apply(piece, state);
        states.push_back(std::move(state));
      }
    }
    for (const auto& [number, states] : sectors) put(number, choose(states));
  }

  std::string before(std::size_t number) const {
    const std::size_t at = number * sector_;
    return at < left_.size() ? left_.substr(at, sector_) : std::string();
  }

  void put(std::size_t number, const std::string& state) {
    if (state.empty()) return;
    apply({static_cast<std::int64_t>(number * sector_), state, false}, left_);
  }

  std::string choose(const States& states) {
    if (coin_() % 8 < odds_) return states.back();
    const std::size_t early = coin_() % (states.size() - 1);
    std::string chosen = states[early];
    if (coin_() % 2 == 0) return chosen;
    const std::size_t late = early + 1 + coin_() % (states.size() - early - 1);
    const std::size_t torn = coin_() % (states[late].size() + 1);
    apply({0, states[late].substr(0, torn), false}, chosen);
    return chosen;
  }

  std::mt19937 coin_;
  const unsigned odds_;
  const std::size_t sector_;
  std::string& left_;
};

std::string Platter::left(const std::optional<PowerLoss>& loss) const {
  std::string left = synced_;
  if (loss) Loss(*loss, left).replay(unsynced_);
  return left;
}
