/// atm admin record: draws what happens to transactions.

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <set>

#include <fcntl.h>
#include <unistd.h>

#include "client/commands/event_stream.hpp"
#include "client/commands/handlers.hpp"
#include "client/terminal/timeline.hpp"
#include "client/wire/descriptor.hpp"

namespace client {

namespace {

// A picture of more could not be read, nor loaded.
constexpr std::size_t most_events = 50'000;

// Records until the time, Ctrl-C, or the end of the server.
std::vector<Event> record(Run& run, EventStream& stream, Until until) {
  std::vector<Event> events;
  try {
    while (events.size() < most_events) {
      auto event = stream.next(until);
      if (!event) break;
      events.push_back(std::move(*event));
    }
  } catch (const Interrupted&) {
    run.interrupt().forget_sigint();
  } catch (const ConnectionLost&) {
    // The events until then are drawn.
  }
  return events;
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto count = write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return fsync(file) == 0 || errno == EINVAL;
}

Report cannot_write(const std::string& file, int error) {
  const std::string advice = error == EEXIST ? "; choose another file, or remove it" : "";
  return failed(exit_refused, "", "cannot write " + file + ": " + std::strerror(error) + advice);
}

Report record_to(Run& run, const Command& command, int file) {
  EventStream stream(run, command, watched_account(run, command));
  if (!run.settings().json) print_line("recording; Ctrl-C ends it", stderr);
  Until until;
  if (command.seconds) until = Clock::now() + std::chrono::seconds(*command.seconds);
  const std::vector<Event> events = record(run, stream, until);
  if (!write_all(file, timeline(events, "µs"))) return cannot_write(command.path, errno);
  std::set<std::string> handles;
  for (const Event& event : events) handles.insert(event.handle);
  handles.erase("");
  return done(
      std::to_string(events.size()) + " events of " + std::to_string(handles.size()) +
          " transactions are drawn in " + command.path + "\n",
      {{"file", command.path}, {"events", events.size()}, {"transactions", handles.size()}});
}

}  // namespace

Report perform_record(Run& run, const Command& command) {
  const Descriptor file(open(command.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (file.number() < 0) return cannot_write(command.path, errno);
  Report report;
  try {
    report = record_to(run, command, file.number());
  } catch (const EventStream::CannotStream& refusal) {
    report = failed(refusal.ending);
  } catch (const Interrupted&) {
    report = failed(Ending{Ending::Kind::interrupted, {}, {}, {}});
  }
  if (report.status != exit_done) unlink(command.path.c_str());
  return report;
}

}  // namespace client
