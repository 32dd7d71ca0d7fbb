// Loaded into a server before all else: after a SIGUSR1 its next large allocation fails, once.

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <new>

namespace {

// The input of a client that has sent ahead grows by such pieces, and little else does.
constexpr std::size_t least = 30'000;
constexpr std::size_t most = 70'000;
std::atomic<bool> armed{false};

struct Armed {
  Armed() {
    struct sigaction action {};
    action.sa_handler = [](int) { armed.store(true); };
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGUSR1, &action, nullptr);
  }
} const by_signal;

}  // namespace

void* operator new(std::size_t size) {
  const bool large = size >= least && size <= most;
  if (large && armed.load() && armed.exchange(false)) throw std::bad_alloc();
  if (void* const place = std::malloc(size)) return place;
  throw std::bad_alloc();
}

void operator delete(void* place) noexcept {
  std::free(place);
}

void operator delete(void* place, std::size_t) noexcept {
  std::free(place);
}
