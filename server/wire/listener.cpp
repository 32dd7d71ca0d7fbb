#include "server/wire/listener.hpp"

#include <filesystem>
#include <stdexcept>

#include <asio/ip/v6_only.hpp>
#include <fcntl.h>
#include <unistd.h>

namespace wire {
namespace {

using Tcp = asio::ip::tcp;
using Local = asio::local::stream_protocol;
constexpr auto retry_after = std::chrono::milliseconds(100);

std::string text(const Tcp::endpoint& endpoint) {
  const std::string host = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" + port;
}

std::vector<Tcp::endpoint> resolve(asio::io_context& loop, const TcpAddress& address) {
  if (address.host == "*") return {{Tcp::v4(), address.port}, {Tcp::v6(), address.port}};
  asio::error_code error;
  const auto found = Tcp::resolver(loop).resolve(address.host, std::to_string(address.port), error);
  if (error || found.empty()) {
    throw std::runtime_error("cannot listen on '" + address.host + "': " + error.message() +
                             "; choose another address with --listen");
  }
  std::vector<Tcp::endpoint> endpoints;
  for (const auto& entry : found) endpoints.push_back(entry.endpoint());
  return endpoints;
}

/// Accepts one client after the other while the acceptor is open; `take` receives each socket.
template <typename Acceptor, typename Take>
void accept_next(Acceptor& acceptor, asio::steady_timer& retry, const Callbacks& callbacks,
                 Take take) {
  acceptor.async_accept(
      [&acceptor, &retry, &callbacks, take](const asio::error_code& error, auto socket) {
        if (!acceptor.is_open()) return;
        if (!error) {
          take(std::move(socket));
          return accept_next(acceptor, retry, callbacks, take);
        }
        callbacks.failed(error.message());
        retry.expires_after(retry_after);
        retry.async_wait([&acceptor, &retry, &callbacks, take](const asio::error_code& stopped) {
          if (!stopped && acceptor.is_open()) accept_next(acceptor, retry, callbacks, take);
        });
      });
}

/// Removes a socket file on which no process listens.
void remove_stale(asio::io_context& loop, const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return;
  if (!S_ISSOCK(found.st_mode)) {
    throw std::runtime_error("'" + path + "' exists and is not a socket; remove it, or give " +
                             "another --admin-socket");
  }
  Local::socket probe(loop);
  asio::error_code error;
  probe.open();
  probe.non_blocking(true);
  probe.connect(Local::endpoint(path), error);
  if (!error || error == asio::error::would_block) {
    throw std::runtime_error("another server listens on '" + path + "'; give another " +
                             "--admin-socket");
  }
  ::unlink(path.c_str());
}

}  // namespace

// ── TCP ─────────────────────────────────────────────────────────────────────────────────────────

/// Binds all endpoints to the same port. Skips an address that this machine does not have, such as
/// ::1 without IPv6, unless no other is left. With the host "*" it skips none.
Listener::Listener(asio::io_context& loop, const TcpAddress& address, Callbacks callbacks)
    : wanted_(address), callbacks_(std::move(callbacks)) {
  const auto endpoints = resolve(loop, address);
  for (const Tcp::endpoint& endpoint : endpoints) {
    if (endpoint.address().is_loopback() || address.beyond_loopback) continue;
    throw std::runtime_error("the wire is not encrypted: to listen beyond loopback, on " +
                             text(endpoint) + ", give --insecure-listen");
  }
  asio::error_code error;
  for (Tcp::endpoint endpoint : endpoints) {
    Tcp::acceptor acceptor(loop);
    if (!ports_.empty()) endpoint.port(ports_[0].acceptor.local_endpoint().port());
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(Tcp::acceptor::reuse_address(true));
    if (!error && endpoint.address().is_v6() && endpoints.size() > 1) {
      acceptor.set_option(asio::ip::v6_only(true));
    }
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(Tcp::acceptor::max_listen_connections, error);
    const bool not_here = error == asio::error::address_family_not_supported ||
                          error == std::errc::address_not_available;
    if (!error) {
      ports_.push_back({std::move(acceptor), asio::steady_timer(loop)});
    } else if (!not_here || wanted_.host == "*") {
      throw std::runtime_error("cannot listen on " + text(endpoint) + ": " + error.message() +
                               "; choose another address or port with --listen");
    }
  }
  if (ports_.empty()) {
    throw std::runtime_error("cannot listen on '" + wanted_.host + "': " + error.message() +
                             "; choose another address with --listen");
  }
}

void Listener::accept() {
  for (Port& port : ports_) {
    accept_next(port.acceptor, port.retry, callbacks_, [this](Tcp::socket socket) {
      asio::error_code gone;
      const Tcp::endpoint peer = socket.remote_endpoint(gone);
      socket.set_option(Tcp::no_delay(true), gone);
      callbacks_.accepted(asio::generic::stream_protocol::socket(std::move(socket)), text(peer));
    });
  }
}

void Listener::close() {
  asio::error_code ignored;
  for (Port& port : ports_) {
    port.acceptor.close(ignored);
    port.retry.cancel();
  }
}

std::string Listener::address() const {
  const Tcp::endpoint endpoint = ports_[0].acceptor.local_endpoint();
  return wanted_.host == "*" ? "*:" + std::to_string(endpoint.port()) : text(endpoint);
}

// ── The Unix socket ─────────────────────────────────────────────────────────────────────────────

AdminListener::AdminListener(asio::io_context& loop, const std::string& path, Callbacks callbacks)
    : name_(std::filesystem::path(path).filename()),
      acceptor_(loop),
      retry_(loop),
      callbacks_(std::move(callbacks)) {
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    throw std::runtime_error("the path '" + path + "' is too long for a Unix socket; give a " +
                             "shorter --admin-socket");
  }
  remove_stale(loop, path);
  asio::error_code error;
  const mode_t before = ::umask(0177);  // the file has mode 0600 from the first moment
  acceptor_.open();
  acceptor_.bind(Local::endpoint(path), error);
  ::umask(before);
  if (!error) acceptor_.listen(Local::acceptor::max_listen_connections, error);
  if (error) {
    throw std::runtime_error("cannot listen on '" + path + "': " + error.message() +
                             "; give another --admin-socket");
  }
  const auto folder = std::filesystem::path(path).parent_path();
  folder_ = ::open(folder.empty() ? "." : folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  ::fstatat(folder_, name_.c_str(), &made_, AT_SYMLINK_NOFOLLOW);
}

AdminListener::~AdminListener() {
  struct stat found {};
  const bool ours = ::fstatat(folder_, name_.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 &&
                    found.st_dev == made_.st_dev && found.st_ino == made_.st_ino;
  if (ours) ::unlinkat(folder_, name_.c_str(), 0);
  ::close(folder_);
}

void AdminListener::accept() {
  accept_next(acceptor_, retry_, callbacks_, [this](Local::socket socket) {
    callbacks_.accepted(asio::generic::stream_protocol::socket(std::move(socket)), "unix");
  });
}

void AdminListener::close() {
  asio::error_code ignored;
  acceptor_.close(ignored);
  retry_.cancel();
}

}  // namespace wire
