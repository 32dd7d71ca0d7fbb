#include "tests/client/fake_server.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>

#include <hiredis.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace test {

struct FakeServer::Peer {
  explicit Peer(int accepted) : socket(accepted), reader(redisReaderCreate()) {}
  ~Peer() {
    close(socket);
    redisReaderFree(reader);
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  int socket;
  redisReader* reader;
};

namespace {

void check(bool good, const char* what) {
  if (!good) throw std::runtime_error(what);
}

int listen_tcp(int& port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  const int reuse = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  check(bind(listener, generic, size) == 0 && listen(listener, 64) == 0, "listen");
  check(getsockname(listener, generic, &size) == 0, "getsockname");
  port = ntohs(address.sin_port);
  return listener;
}

int listen_local(const std::string& path) {
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  check(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0, "bind");
  check(listen(listener, 64) == 0, "listen");
  return listener;
}

}  // namespace

FakeServer::FakeServer(Answer answer, int port) : answer_(std::move(answer)), port_(port) {
  tcp_ = listen_tcp(port_);
  local_ = listen_local(socket_path());
  check(pipe(stop_) == 0, "pipe");
  thread_ = std::thread([this] { serve(); });
}

FakeServer::~FakeServer() {
  close(stop_[1]);
  thread_.join();
  close(stop_[0]);
  stop_listening();
}

void FakeServer::stop_listening() {
  for (int* listener : {&tcp_, &local_}) {
    if (*listener >= 0) close(*listener);
    *listener = -1;
  }
}

void FakeServer::serve() {
  for (;;) {
    std::vector<pollfd> watched{{stop_[0], POLLIN, 0}, {tcp_, POLLIN, 0}, {local_, POLLIN, 0}};
    std::vector<int> ids;
    for (const auto& [id, peer] : peers_) {
      watched.push_back({peer->socket, POLLIN, 0});
      ids.push_back(id);
    }
    poll(watched.data(), watched.size(), -1);
    if (watched[0].revents != 0) break;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (watched[i + 3].revents != 0) read_from(ids[i]);
    }
    if (watched[1].revents != 0) accept_from(tcp_);
    if (watched[2].revents != 0) accept_from(local_);
  }
  peers_.clear();
}

void FakeServer::accept_from(int listener) {
  const int accepted = listener < 0 ? -1 : accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  if (accepted >= 0) peers_.emplace(next_++, std::make_unique<Peer>(accepted));
}

void FakeServer::read_from(int connection) {
  const auto found = peers_.find(connection);
  if (found == peers_.end()) return;
  std::array<char, 4096> buffer;
  const auto count = recv(found->second->socket, buffer.data(), buffer.size(), 0);
  if (count <= 0) return drop(connection);
  redisReader* reader = found->second->reader;
  redisReaderFeed(reader, buffer.data(), static_cast<std::size_t>(count));
  void* raw = nullptr;
  while (peers_.contains(connection) && redisReaderGetReply(reader, &raw) == REDIS_OK &&
         raw != nullptr) {
    auto* reply = static_cast<redisReply*>(raw);
    Received command{connection, {}};
    for (std::size_t i = 0; i < reply->elements; ++i) {
      command.words.emplace_back(reply->element[i]->str, reply->element[i]->len);
    }
    freeReplyObject(reply);
    {
      // Before the reply, so that a test that sees its effect finds the command here.
      const std::lock_guard lock(mutex_);
      received_.push_back(command);
      arrived_.notify_all();
    }
    send(connection, answer_(*this, command));
  }
}

void FakeServer::send(int connection, const std::string& bytes) {
  const auto found = peers_.find(connection);
  if (found == peers_.end() || bytes.empty()) return;
  [[maybe_unused]] const auto sent =
      ::send(found->second->socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

void FakeServer::drop(int connection) {
  peers_.erase(connection);
}

bool FakeServer::await(const std::string& command, std::size_t count) {
  std::unique_lock lock(mutex_);
  return arrived_.wait_for(lock, std::chrono::seconds(60), [&] {
    return static_cast<std::size_t>(std::count_if(
               received_.begin(), received_.end(),
               [&](const Received& one) { return one.words.at(0) == command; })) >= count;
  });
}

std::vector<Received> FakeServer::received() {
  const std::lock_guard lock(mutex_);
  return received_;
}

std::vector<Received> FakeServer::received(const std::string& command) {
  std::vector<Received> some;
  for (const auto& one : received()) {
    if (one.words.at(0) == command) some.push_back(one);
  }
  return some;
}

std::string bulk(const std::string& text) {
  return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

std::string array(const Words& items) {
  std::string bytes = "*" + std::to_string(items.size()) + "\r\n";
  for (const auto& item : items) {
    const bool is_encoded = item.starts_with(':') || item.starts_with('*');
    bytes += item.starts_with(':') ? item + "\r\n" : is_encoded ? item : bulk(item);
  }
  return bytes;
}

std::string check_pin(FakeServer&, const Received& one) {
  if (one.words[0] == "AUTH") return one.words[2] == "4711" ? "+OK\r\n" : "-WRONGPASS no\r\n";
  if (one.words[0] == "ACCOUNT") return "+OK\r\n";
  return ":12500\r\n";
}

}  // namespace test
