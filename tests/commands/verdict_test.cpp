/// A verdict with WAIT is sent once, when the transaction has ended or the time is up, and leaves
/// no timer behind.

#include "server/commands/verdict.hpp"

#include <array>

#include <asio/io_context.hpp>
#include <asio/local/connect_pair.hpp>
#include <asio/local/stream_protocol.hpp>
#include <doctest/doctest.h>
#include <sys/socket.h>

#include "tests/bank/rig.hpp"

using rig::Asked;
using rig::Point;
using rig::Rig;
using rig::Verdict;

namespace {

struct NoEvents final : bank::Events {
  void record(bank::Event, const std::vector<bank::Field>&) override {}
  void add(bank::Event) override {}
  std::int64_t count(bank::Event) const override { return 0; }
};

/// A server whose time does not pass by itself.
class Desk final : public commands::Server, public wire::Service {
 public:
  explicit Desk(bank::Bank& bank) : bank_(bank) {}

  void post(std::function<void()> call) override {
    const seam::Lock lock(mutex_);
    posted_.push_back(std::move(call));
  }
  void run_posted() {
    std::vector<std::function<void()>> calls;
    {
      const seam::Lock lock(mutex_);
      calls.swap(posted_);
    }
    for (const auto& call : calls) call();
  }
  std::function<void()> after(std::chrono::milliseconds, std::function<void()> call) override {
    timer_ = std::move(call);
    return [this] { timer_ = nullptr; };
  }
  bool has_timer() const { return timer_ != nullptr; }
  void let_time_pass() { std::exchange(timer_, nullptr)(); }

  bank::Bank& bank() override { return bank_; }
  bank::Watch& watch() override { return watch_; }
  bank::Events& events() override { return events_; }
  Facts facts() const override { return {}; }
  const std::map<std::int64_t, commands::Client>& connections() const override { return clients_; }
  std::optional<std::string> teller_secret() const override { return std::nullopt; }
  void admit(const commands::Client&, commands::Words) override {}
  commands::JobThreads& reserve() override { return jobs_; }
  commands::JobThreads& logins() override { return jobs_; }
  void drain() override {}
  void execute(const commands::Client&, commands::Words) override {}
  void closed(wire::Connection&) override {}
  void answered_with_error(const wire::Connection&, const bank::Reply::Error&) override {}

 private:
  bank::Bank& bank_;
  commands::JobThreads jobs_{1};
  bank::Watch watch_;
  NoEvents events_;
  const std::map<std::int64_t, commands::Client> clients_;
  std::function<void()> timer_;
  seam::Mutex mutex_;
  std::vector<std::function<void()>> posted_ GUARDED_BY(mutex_);
};

/// An operator whose cancel of a deposit that commits waits for the deposit's end.
struct Scene {
  Scene() : desk(rig.bank()), operator_end(loop) {
    asio::local::stream_protocol::socket ours(loop);
    asio::local::connect_pair(ours, operator_end);
    client =
        std::make_shared<wire::Connection>(desk, wire::Timeouts{}, wire::Socket(std::move(ours)), 1,
                                           wire::Connection::Door::admin, "here");
    rig.open_account(100);
    held = rig.start_held(rig::teller(), "DEPOSIT 1 5", Point::committed);
    commands::Arguments asked;
    asked.handle = held.handle();
    asked.wait = std::chrono::hours(1);
    client->answered_later();
    commands::answer_with_verdict(desk, client, asked)(Verdict::too_late, held.txn);
    desk.run_posted();
  }
  ~Scene() { client->close_now(); }
  void end_deposit() {
    held.txn->resume();
    rig.finish(held);
    desk.run_posted();
  }
  /// The bytes that the operator has received since the last call.
  std::string received() {
    std::array<char, 256> bytes;
    const ssize_t count =
        ::recv(operator_end.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    return count > 0 ? std::string(bytes.data(), static_cast<std::size_t>(count)) : "";
  }
  Rig rig;
  Desk desk;
  asio::io_context loop;
  asio::local::stream_protocol::socket operator_end;
  commands::Client client;
  Asked held;
};

}  // namespace

TEST_CASE("a verdict with WAIT is sent at the transaction's end, which stops its timer") {
  Scene scene;
  CHECK(scene.received() == "");
  CHECK(scene.desk.has_timer());
  scene.end_deposit();
  CHECK(scene.received() == "+TOOLATE\r\n");
  CHECK_MESSAGE(!scene.desk.has_timer(), "the timer runs on although the verdict has been sent");
}

TEST_CASE("a verdict with WAIT is sent when the time is up, and not again at the end") {
  Scene scene;
  scene.desk.let_time_pass();
  CHECK(scene.received() == "+TOOLATE\r\n");
  scene.end_deposit();
  CHECK(scene.received() == "");
}
