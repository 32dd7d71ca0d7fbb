#include "client/wire/connection.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <new>

#include <hiredis.h>
#include <poll.h>
#include <sodium.h>
#include <sys/socket.h>
#include <unistd.h>

namespace client {

namespace {

constexpr auto send_limit = std::chrono::seconds(10);

std::string encode(const std::vector<std::string>& command) {
  std::size_t size = 16;
  for (const auto& word : command) size += word.size() + 24;
  std::string bytes;
  // Reserved in full, since growing would leave unwiped copies of a PIN behind.
  bytes.reserve(size);
  bytes += '*';
  bytes += std::to_string(command.size());
  for (const auto& word : command) {
    bytes += "\r\n$";
    bytes += std::to_string(word.size());
    bytes += "\r\n";
    bytes += word;
  }
  return bytes += "\r\n";
}

Reply convert(const redisReply& raw) {
  Reply reply;
  switch (raw.type) {
    case REDIS_REPLY_STATUS:
      reply.kind = Reply::Kind::status;
      break;
    case REDIS_REPLY_ERROR:
      reply.kind = Reply::Kind::error;
      break;
    case REDIS_REPLY_STRING:
      reply.kind = Reply::Kind::string;
      break;
    case REDIS_REPLY_INTEGER:
      reply.kind = Reply::Kind::integer;
      break;
    case REDIS_REPLY_ARRAY:
      reply.kind = Reply::Kind::array;
      break;
    default:
      break;
  }
  if (raw.str != nullptr) reply.text.assign(raw.str, raw.len);
  reply.number = raw.integer;
  reply.items.reserve(raw.elements);
  for (std::size_t i = 0; i < raw.elements; ++i) reply.items.push_back(convert(*raw.element[i]));
  return reply;
}

[[noreturn]] void lost(int error) {
  throw ConnectionLost(std::string("the connection was lost: ") + std::strerror(error));
}

}  // namespace

void Connection::FreeReader::operator()(redisReader* reader) const noexcept {
  redisReaderFree(reader);
}

Connection::Connection(const Endpoint& endpoint, Until until, Interrupt* interrupt)
    : reader_(redisReaderCreate()) {
  if (!reader_) throw std::bad_alloc();
  socket_ = dial(endpoint, until, interrupt);
}

Connection::~Connection() {
  if (socket_ >= 0) close(socket_);
}

void Connection::send(const std::vector<std::string>& command, Until limit) {
  std::string bytes = encode(command);
  const Until until = earlier(limit, Clock::now() + send_limit);
  int error = 0;
  for (std::size_t sent = 0; sent < bytes.size() && error == 0;) {
    const auto count =
        ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) {
      sent += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN) {
      // Not interruptible, since half a command must not be left in the stream.
      if (wait_for(socket_, POLLOUT, until, nullptr) == Ready::timed_out) error = ETIMEDOUT;
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  sodium_memzero(bytes.data(), bytes.size());
  if (error != 0) lost(error);
}

Reply Connection::receive(Until until, Interrupt* interrupt) {
  for (;;) {
    if (auto reply = next()) return std::move(*reply);
    if (wait_for(socket_, POLLIN, until, interrupt) == Ready::timed_out) {
      throw ConnectionLost("the server did not reply in time");
    }
    take_in();
  }
}

void Connection::take_in() {
  std::array<char, 16384> buffer;
  const auto count = recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count < 0) lost(errno);
  if (count == 0) throw ConnectionLost("the server closed the connection");
  // The reader keeps a failure; next() reports it.
  redisReaderFeed(reader_.get(), buffer.data(), static_cast<std::size_t>(count));
}

std::optional<Reply> Connection::next() {
  void* raw = nullptr;
  if (redisReaderGetReply(reader_.get(), &raw) != REDIS_OK) {
    throw ConnectionLost("the server sent something other than RESP; is it an atm-server?");
  }
  if (raw == nullptr) return std::nullopt;
  const std::unique_ptr<void, decltype(&freeReplyObject)> owner(raw, &freeReplyObject);
  return convert(*static_cast<redisReply*>(raw));
}

bool Connection::stale() const {
  pollfd watched{socket_, POLLIN, 0};
  return poll(&watched, 1, 0) != 0;
}

}  // namespace client
