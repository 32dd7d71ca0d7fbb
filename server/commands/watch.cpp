#include "server/commands/watch.hpp"

#include <utility>

#include "server/bank/refusals.hpp"

namespace commands {
namespace {

constexpr std::size_t batch = 128;

/// [number, time in µs, handle, event, details …]
Reply event(bank::Sighting sighting) {
  const bool has_handle = sighting.handle != cancel::Handle{};
  Reply::Array elements = {Reply::integer(sighting.number), Reply::integer(sighting.time_us),
                           Reply::bulk(has_handle ? to_string(sighting.handle) : ""),
                           Reply::bulk(std::string(sighting.event))};
  for (Reply& detail : sighting.details) elements.push_back(std::move(detail));
  return Reply::push(std::move(elements));
}

class Events final : public wire::PushSource {
 public:
  explicit Events(std::shared_ptr<bank::Watch::Viewer> viewer) : viewer_(std::move(viewer)) {}

  std::vector<Reply> take() override {
    std::vector<Reply> events;
    for (bank::Sighting& each : viewer_->take(batch)) events.push_back(event(std::move(each)));
    return events;
  }

 private:
  const std::shared_ptr<bank::Watch::Viewer> viewer_;
};

}  // namespace

void txn_watch(Server& server, const Client& client, const Arguments& asked) {
  if (client->streams()) {
    return client->answer(
        bank::refusals::malformed("this connection watches already; RESET ends that"));
  }
  client->answer(Reply::ok());
  const auto wake = [&server, weak = std::weak_ptr<Connection>(client)] {
    server.post([weak] {
      if (const Client watcher = weak.lock()) watcher->send_pushes();
    });
  };
  client->stream(std::make_unique<Events>(server.watch().view(asked.only_account, wake)));
}

Reply only_watching() {
  return bank::refusals::malformed(
      "this connection watches, so it accepts PING, QUIT and RESET only; with HELLO 3 before TXN "
      "WATCH it accepts all commands");
}

}  // namespace commands
