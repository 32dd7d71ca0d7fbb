#include "client/wire/connection.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <map>

#include <hiredis.h>
#include <poll.h>
#include <sodium.h>
#include <sys/socket.h>

namespace client {

namespace {

constexpr auto send_limit = std::chrono::seconds(10);

Reply convert(const redisReply& raw) {
  static const std::map<int, Reply::Kind> kinds{
      {REDIS_REPLY_NIL, Reply::Kind::nil},         {REDIS_REPLY_STATUS, Reply::Kind::status},
      {REDIS_REPLY_ERROR, Reply::Kind::error},     {REDIS_REPLY_STRING, Reply::Kind::string},
      {REDIS_REPLY_INTEGER, Reply::Kind::integer}, {REDIS_REPLY_ARRAY, Reply::Kind::array}};
  Reply reply;
  const auto kind = kinds.find(raw.type);
  if (kind != kinds.end()) reply.kind = kind->second;
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

Connection::Connection(const Endpoint& endpoint, Until until, Interrupt* interrupt)
    : socket_(dial(endpoint, until, interrupt)), reader_(redisReaderCreate(), &redisReaderFree) {}

void Connection::send(const std::vector<std::string>& command, Until limit) {
  std::vector<const char*> words;
  std::vector<std::size_t> sizes;
  for (const std::string& word : command) {
    words.push_back(word.data());
    sizes.push_back(word.size());
  }
  char* encoded = nullptr;
  const auto size = static_cast<std::size_t>(
      redisFormatCommandArgv(&encoded, static_cast<int>(words.size()), words.data(), sizes.data()));
  const std::unique_ptr<char, decltype(&redisFreeCommand)> owner(encoded, &redisFreeCommand);
  const int error = send_all({encoded, size}, earlier(limit, Clock::now() + send_limit));
  // One of the words may be a PIN.
  sodium_memzero(encoded, size);
  if (error != 0) lost(error);
}

// Returns 0 or an error number.
int Connection::send_all(std::string_view bytes, Until until) {
  while (!bytes.empty()) {
    const auto count =
        ::send(descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      // Not interruptible, since half a command must not be left in the stream.
      if (wait_for(descriptor(), POLLOUT, until, nullptr) == Ready::timed_out) return ETIMEDOUT;
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

Reply Connection::receive(Until until, Interrupt* interrupt) {
  for (;;) {
    if (auto reply = next()) return std::move(*reply);
    if (wait_for(descriptor(), POLLIN, until, interrupt) == Ready::timed_out) {
      throw ConnectionLost("the server did not reply in time");
    }
    take_in();
  }
}

void Connection::take_in() {
  std::array<char, 16384> buffer;
  const auto count = recv(descriptor(), buffer.data(), buffer.size(), MSG_DONTWAIT);
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

bool Connection::has_surplus() const {
  const bool in_a_reply = reader_->ridx >= 0;
  char byte = 0;
  return in_a_reply || reader_->pos < reader_->len ||
         recv(descriptor(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

bool Connection::stale() const {
  pollfd watched{descriptor(), POLLIN, 0};
  return has_surplus() || poll(&watched, 1, 0) != 0;
}

}  // namespace client
