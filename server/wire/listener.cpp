#include "server/wire/listener.hpp"

#include <stdexcept>

#include <sys/stat.h>
#include <unistd.h>

namespace wire {
namespace {

using Tcp = asio::ip::tcp;
using Local = asio::local::stream_protocol;
constexpr auto a_little = std::chrono::milliseconds(100);

std::string text(const Tcp::endpoint& endpoint) {
  const std::string host = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" + port;
}

Tcp::endpoint endpoint_of(asio::io_context& loop, const TcpAddress& address) {
  asio::error_code error;
  const auto found = Tcp::resolver(loop).resolve(address.host, std::to_string(address.port), error);
  if (error || found.empty()) {
    throw std::runtime_error("cannot listen on '" + address.host + "': " + error.message());
  }
  const Tcp::endpoint endpoint = found.begin()->endpoint();
  if (!endpoint.address().is_loopback() && !address.beyond_loopback) {
    throw std::runtime_error("the wire is not encrypted: to listen beyond loopback, on " +
                             text(endpoint) + ", give --insecure-listen");
  }
  return endpoint;
}

/// Accepts one after the other for as long as the acceptor is open; `take` gets each socket.
template <typename Acceptor, typename Take>
void accept_next(Acceptor& acceptor, asio::steady_timer& later, const Callbacks& callbacks,
                 Take take) {
  acceptor.async_accept(
      [&acceptor, &later, &callbacks, take](const asio::error_code& error, auto socket) {
        if (!acceptor.is_open()) return;
        if (!error) {
          take(std::move(socket));
          return accept_next(acceptor, later, callbacks, take);
        }
        callbacks.failed(error.message());
        later.expires_after(a_little);
        later.async_wait([&acceptor, &later, &callbacks, take](const asio::error_code& stopped) {
          if (!stopped && acceptor.is_open()) accept_next(acceptor, later, callbacks, take);
        });
      });
}

}  // namespace

Listener::Listener(asio::io_context& loop, const TcpAddress& address, Callbacks callbacks)
    : acceptor_(loop), later_(loop), callbacks_(std::move(callbacks)) {
  const Tcp::endpoint endpoint = endpoint_of(loop, address);
  asio::error_code error;
  acceptor_.open(endpoint.protocol());
  acceptor_.set_option(Tcp::acceptor::reuse_address(true));
  acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(Tcp::acceptor::max_listen_connections, error);
  if (error) {
    throw std::runtime_error("cannot listen on " + text(endpoint) + ": " + error.message());
  }
}

void Listener::accept() {
  accept_next(acceptor_, later_, callbacks_, [this](Tcp::socket socket) {
    asio::error_code gone;
    const Tcp::endpoint peer = socket.remote_endpoint(gone);
    socket.set_option(Tcp::no_delay(true), gone);
    callbacks_.accepted(asio::generic::stream_protocol::socket(std::move(socket)), text(peer));
  });
}

void Listener::close() {
  asio::error_code ignored;
  acceptor_.close(ignored);
  later_.cancel();
}

std::string Listener::address() const {
  return text(acceptor_.local_endpoint());
}

namespace {

/// Makes room for a socket file: removes a stale one.
void remove_stale(asio::io_context& loop, const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return;
  if (!S_ISSOCK(found.st_mode)) {
    throw std::runtime_error("'" + path +
                             "' is there and no socket; remove it, or give another "
                             "--admin-socket");
  }
  Local::socket probe(loop);
  asio::error_code error;
  probe.open();
  probe.non_blocking(true);
  probe.connect(Local::endpoint(path), error);
  if (!error || error == asio::error::would_block) {
    throw std::runtime_error("another server listens on '" + path +
                             "'; give another --admin-socket");
  }
  ::unlink(path.c_str());
}

}  // namespace

AdminListener::AdminListener(asio::io_context& loop, const std::string& path, Callbacks callbacks)
    : path_(path), acceptor_(loop), later_(loop), callbacks_(std::move(callbacks)) {
  if (path_.size() >= sizeof(sockaddr_un::sun_path)) {
    throw std::runtime_error("the path '" + path_ +
                             "' is too long for a Unix socket; give a "
                             "shorter --admin-socket");
  }
  remove_stale(loop, path_);
  asio::error_code error;
  const mode_t before = ::umask(0177);  // nobody but us, from the first moment on
  acceptor_.open();
  acceptor_.bind(Local::endpoint(path_), error);
  ::umask(before);
  if (!error) acceptor_.listen(Local::acceptor::max_listen_connections, error);
  if (error) throw std::runtime_error("cannot listen on '" + path_ + "': " + error.message());
}

AdminListener::~AdminListener() {
  ::unlink(path_.c_str());
}

void AdminListener::accept() {
  accept_next(acceptor_, later_, callbacks_, [this](Local::socket socket) {
    callbacks_.accepted(asio::generic::stream_protocol::socket(std::move(socket)), "unix");
  });
}

void AdminListener::close() {
  asio::error_code ignored;
  acceptor_.close(ignored);
  later_.cancel();
}

}  // namespace wire
