#pragma once

/// A server, and every line that breaks in its own way: one event for each attempt.

#include <map>
#include <optional>

#include "client.hpp"
#include "tests/exercises/trial.hpp"

namespace lines {

enum class Event {
  good,          // the server answers
  request_lost,  // the line breaks before the server
  reply_lost,    // the line breaks after the server has committed
  slow,          // the line breaks, and the server commits during the next attempt
  busy,          // the server answers BUSY
  deadline,      // the server answers DEADLINE, without a look at the key
};
constexpr int events = 6;

class Server : public Line {
 public:
  Server(std::vector<Event> script, bool noted) : script_(std::move(script)), noted_(noted) {}

  client::Reply call(const std::vector<std::string>& words) override;
  std::string new_key() override { return std::to_string(++keys_made_); }

  int withdrawals() const { return withdrawals_; }
  /// Whether a request that reached the server is still under way.
  bool is_under_way() const { return slow_.has_value(); }
  std::size_t attempts() const { return attempts_; }
  /// Whether the last attempt was answered with the first reply of its key.
  bool has_answered() const { return has_answered_; }

 private:
  client::Reply withdraw(const std::string& key);
  void note(std::string_view what) const {
    if (noted_) exercise::note(what);
  }

  const std::vector<Event> script_;  // after its end the line is good
  const bool noted_;
  std::size_t attempts_ = 0;
  bool has_answered_ = false;
  int keys_made_ = 0;
  std::string last_key_;
  std::map<std::string, client::Reply> replies_;  // by key
  std::optional<std::string> slow_;               // the key of a request under way
  int withdrawals_ = 0;
};

/// Tries every script of so many events; a client makes as many attempts. Checks each ending.
void check_all_scripts(explore::Run& run, int length);
/// Tries one script.
void check(explore::Run& run, const std::vector<Event>& script);

}  // namespace lines
