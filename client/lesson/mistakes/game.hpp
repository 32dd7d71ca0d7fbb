#pragma once

/// One game: a server with a mistake, a learner who types commands, and the judge.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "client/lesson/mistakes/commands.hpp"
#include "client/lesson/mistakes/mistake.hpp"
#include "client/lesson/screen.hpp"

namespace lesson {

class Game {
 public:
  /// Starts the server, `program`, with two accounts. `correct`: it has no mistake. The mistake and
  /// the manner outlive the game.
  Game(const Mistake& mistake, const std::string& program, bool correct, const Manner& manner);

  /// Prints the goal and what can be typed.
  void introduce();
  /// Performs one line of the learner: a command, hint, give up, help or quit. Returns false when
  /// the game is over. Blocks for a few seconds at most.
  bool perform(const std::string& line);
  /// Prints the result. If the game was won or given up, also the explanation, the patch, and the
  /// schedule of the explorer beside the commands of the learner.
  void close();

  /// The violations that ended the game; empty if it was not won.
  const std::vector<std::string>& won() const { return won_; }

 private:
  void run(const std::string& line);
  void settle_and_print(const std::string& line);
  void print_output(std::string_view line);
  void print_in_flight();
  void judge();
  void decide(const std::vector<std::string>& found);
  Scene scene(int looks);
  void note_end();
  void hint();
  void print_commands();
  void print_solution();
  void print_where();
  void print_patch();
  void print_schedule();

  const Mistake& mistake_;
  const bool correct_;
  const Manner& manner_;
  Screen screen_;
  Server server_;
  client::Session session_;
  Commands commands_;
  std::vector<InFlight> in_flight_;
  std::size_t hints_ = 0;
  std::size_t audited_ = 0;        // commands that had been started at the last audit
  bool is_over_ = false;           // the server has ended
  bool explains_ = false;          // the learner gave up
  std::set<std::string> noticed_;  // violations that are not the goal
  std::vector<std::string> won_;
};

}  // namespace lesson
