/// atm admin trace: prints what happens to one transaction.

#include <cstdio>

#include "client/commands/event_stream.hpp"
#include "client/commands/handlers.hpp"
#include "client/terminal/text.hpp"

namespace client {

namespace {

Json json_of(const Event& event) {
  return {{"number", event.number},
          {"time_us", event.time_us},
          {"event", event.name},
          {"details", event.details}};
}

class Trace {
 public:
  Trace(Run& run, const Command& command)
      : run_(run), handle_(command.handle), stream_(run, command, std::nullopt) {
    result_ = {{"handle", handle_}, {"before", nullptr}, {"events", Json::array()}};
  }

  Report run() {
    const Reply before = stream_.ask({"TXN", "SHOW", handle_}, Form::map);
    auto event = stream_.next(Clock::now());
    if (before.is_error()) {
      // It may have ended since the stream began, and then its events have arrived.
      while (event && event->handle != handle_) event = stream_.next(Clock::now());
      if (!event) return not_in_flight(before);
    } else {
      result_["before"] = map_to_json(before);
      print(field_list(before) + "\n");
    }
    for (;; event = stream_.next(std::nullopt)) {
      if (!event || (event->handle != handle_ && event->name != "missed")) continue;
      show(*event);
      if (event->name == "gone") return done("", result_);
    }
  }
  /// Reports what was seen so far.
  Report interrupted() const { return done("", result_); }

 private:
  Report not_in_flight(const Reply& refusal) const {
    if (refusal.code() != "INVALIDHANDLE") return failed({Ending::Kind::reply, refusal, {}, {}});
    return failed(exit_refused, refusal.code(),
                  "transaction " + handle_ +
                      " is not in flight: it has ended, or never was; see history, or status KEY");
  }
  void show(const Event& event) {
    if (first_us_ == 0) first_us_ = event.time_us;
    char columns[80];
    std::snprintf(columns, sizeof columns, "%12.3f ms  %-9s ",
                  static_cast<double>(event.time_us - first_us_) / 1e3,
                  printable(event.name).substr(0, 40).c_str());
    print(trimmed_right(columns + event.text()) + "\n");
    result_["events"].push_back(json_of(event));
  }
  static std::string trimmed_right(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
  }
  // At once, since the next event may be long in coming. The final report notices a failure.
  void print(const std::string& text) const {
    if (run_.settings().json) return;
    std::fputs(printable(text, true).c_str(), stdout);
    std::fflush(stdout);
  }

  Run& run_;
  const std::string handle_;
  EventStream stream_;
  std::int64_t first_us_ = 0;
  Json result_;
};

}  // namespace

Report perform_trace(Run& run, const Command& command) {
  try {
    Trace trace(run, command);
    try {
      return trace.run();
    } catch (const Interrupted&) {
      return trace.interrupted();
    }
  } catch (const EventStream::CannotStream& refusal) {
    return failed(refusal.ending);
  } catch (const NoReply& failure) {
    return failed(exit_unknown, "",
                  "how transaction " + command.handle + " ended is not known: " + failure.what());
  }
}

}  // namespace client
