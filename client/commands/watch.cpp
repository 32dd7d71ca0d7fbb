/// atm admin watch: the live view, and the keys that act on the selected transaction.

#include <array>
#include <csignal>

#include <poll.h>
#include <unistd.h>

#include "client/commands/event_stream.hpp"
#include "client/commands/handlers.hpp"
#include "client/terminal/full_screen.hpp"
#include "client/terminal/ladders.hpp"

namespace client {

namespace {

constexpr auto redrawn_every = std::chrono::milliseconds(100);

class Watch {
 public:
  Watch(Run& run, const Command& command)
      : run_(run),
        caught_(run.interrupt(), {SIGTSTP, SIGCONT, SIGWINCH, SIGQUIT}),
        only_(watched_account(run, command)),
        stream_(run, command, only_) {}

  /// Returns when the user leaves. Throws ConnectionLost when the server does.
  void show() {
    take_snapshot();
    apply_arrived();
    show_on_screen();
    if (quit_) obey_signal(SIGQUIT);
  }

 private:
  void show_on_screen() {
    FullScreen screen;
    while (!done_) {
      draw();
      const Clock::time_point next_draw = Clock::now() + redrawn_every;
      while (!done_ && !must_draw_ && Clock::now() < next_draw) wait(screen, next_draw);
    }
  }

  /// Waits for one event, key or signal, and takes all that have arrived.
  void wait(FullScreen& screen, Clock::time_point until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    std::array<pollfd, 3> watched{{{stream_.descriptor(), POLLIN, 0},
                                   {STDIN_FILENO, POLLIN, 0},
                                   {run_.interrupt().descriptor(), POLLIN, 0}}};
    poll(watched.data(), watched.size(), static_cast<int>(std::max<decltype(left)>(left, 0)));
    try {
      if (const int signal = run_.interrupt().take()) throw Interrupted{signal};
      if (watched[0].revents != 0) {
        stream_.take_in();
        apply_arrived();
      }
      if (watched[1].revents != 0) take_keys();
    } catch (const Interrupted& interrupted) {
      obey(interrupted.signal, screen);
    }
  }

  void obey(int signal, FullScreen& screen) {
    must_draw_ = true;
    if (signal == SIGWINCH) return;
    if (signal == SIGTSTP) return screen.suspend();
    if (signal == SIGCONT) return screen.enter();
    done_ = true;
    quit_ = signal == SIGQUIT;
  }

  void apply_arrived() {
    bool missed = false;
    while (const auto event = stream_.next_arrived()) {
      model_.apply(*event);
      last_us_ = event->time_us;
      last_at_ = Clock::now();
      missed = missed || event->name == "missed";
    }
    if (missed) take_snapshot();
  }

  /// Learns of the transactions that were admitted before the stream began, or were missed.
  void take_snapshot() {
    try {
      const Reply list = stream_.ask({"TXN", "LIST"}, Form::maps);
      for (const Reply& row : list.items) {
        const Reply* handle = row.field("handle");
        if (handle == nullptr) continue;
        const Reply shown = stream_.ask({"TXN", "SHOW", handle->text}, Form::map);
        if (!shown.is_error() && wanted(shown)) model_.add(shown, now_us());
      }
    } catch (const NoReply& failure) {
      status_ = failure.what();
    }
  }
  /// With an account to watch, only those that touch it.
  bool wanted(const Reply& shown) const {
    const auto is_it = [&](const char* field) {
      const Reply* account = shown.field(field);
      return account != nullptr && account->number == *only_;
    };
    return !only_ || is_it("account") || is_it("to");
  }

  void take_keys() {
    const auto [letters, ended] = FullScreen::read_keys();
    done_ = ended;
    must_draw_ = true;
    for (const char key : letters) act(key);
  }

  void act(char key) {
    status_.clear();
    if (key == 'q') done_ = true;
    if (key == FullScreen::down) select(+1);
    if (key == FullScreen::up) select(-1);
    const char* word = key == 's'   ? "STEP"
                       : key == 'r' ? "RESUME"
                       : key == 'c' ? "CANCEL"
                                    : nullptr;
    if (word == nullptr || selected_.empty()) return;
    try {
      const Reply reply =
          stream_.ask({"TXN", word, selected_}, key == 'c' ? Form::verdict : Form::ok);
      const std::string said = reply.is_error() ? std::string(reply.message())
                               : key == 'c'     ? verdict_in_words(reply)
                                                : "done";
      status_ = selected_ + ": " + said;
    } catch (const NoReply& failure) {
      status_ = failure.what();
    }
  }

  /// Selects a neighbour of the selected transaction, or the first.
  void select(int step) {
    const auto& all = model_.all();
    const auto at = index_of_selected();
    if (all.empty()) return;
    const auto last = static_cast<std::ptrdiff_t>(all.size()) - 1;
    const auto next = at < 0 ? 0 : std::clamp<std::ptrdiff_t>(at + step, 0, last);
    selected_ = all[static_cast<std::size_t>(next)].handle;
  }
  std::ptrdiff_t index_of_selected() const {
    const auto& all = model_.all();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].handle == selected_) return static_cast<std::ptrdiff_t>(i);
    }
    return -1;
  }

  void draw() {
    must_draw_ = false;
    if (index_of_selected() < 0) selected_.clear();
    if (selected_.empty()) select(0);
    const auto [width, height] = FullScreen::size();
    FullScreen::draw(ladders(model_, {selected_, status_, now_us(), width, height}));
  }

  /// The server's time: that of the last event, and what has passed since.
  std::int64_t now_us() const {
    const auto since =
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - last_at_);
    return last_us_ + since.count();
  }

  Run& run_;
  const CaughtSignals caught_;
  const Number only_;
  EventStream stream_;
  InFlight model_;
  std::string selected_;
  std::string status_;
  std::int64_t last_us_ = std::chrono::duration_cast<std::chrono::microseconds>(
                              std::chrono::system_clock::now().time_since_epoch())
                              .count();
  Clock::time_point last_at_ = Clock::now();
  bool must_draw_ = false;
  bool done_ = false;
  bool quit_ = false;
};

}  // namespace

Report perform_watch(Run& run, const Command& command) {
  const bool on_terminal = isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
  if (!on_terminal || run.settings().json) {
    return failed(
        exit_usage, "",
        "watch draws on a terminal; for a file or a pipe use admin record or admin trace");
  }
  try {
    Watch(run, command).show();
    return done("", {});
  } catch (const EventStream::CannotStream& refusal) {
    return failed(refusal.ending);
  } catch (const ConnectionLost& failure) {
    return failed(exit_cannot_connect, "", failure.what());
  }
}

}  // namespace client
