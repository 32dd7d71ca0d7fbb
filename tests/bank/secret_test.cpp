/// PINs and secrets are wiped from memory after use.

#include "server/bank/secret.hpp"

#include <cstdlib>
#include <cstring>
#include <functional>
#include <new>

#include <doctest/doctest.h>
#include <malloc.h>
#include <sodium.h>

#include "server/bank/login.hpp"
#include "tests/bank/rig.hpp"

namespace {

// Twelve digits that appear nowhere else.
constexpr char marker[] = "931740268513";

seam::Atomic<bool> watching{false};
seam::Atomic<int> found{0};

/// Looks for the marker in a block that is about to be freed.
void inspect(void* block) noexcept {
  if (block == nullptr || !watching.load()) return;
  if (memmem(block, malloc_usable_size(block), marker, sizeof marker - 1) != nullptr) found.add(1);
}

seam::Atomic<int> compared{0};

/// Runs the action. Returns how often it has compared in constant time.
int comparisons(const std::function<void()>& action) {
  compared.store(0);
  action();
  return compared.load();
}

}  // namespace

/// Takes the place of libsodium's function in this program, and counts the calls.
extern "C" int sodium_memcmp(const void* one, const void* other, std::size_t size) {
  compared.add(1);
  return std::memcmp(one, other, size) == 0 ? 0 : -1;
}

void operator delete(void* block) noexcept {
  inspect(block);
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
  operator delete(block);
}
void* operator new(std::size_t size) {
  void* const block = std::malloc(size == 0 ? 1 : size);
  if (block == nullptr) std::abort();
  return block;
}

TEST_CASE("secrets are equal as texts are") {
  const bank::Secret secret("secret");
  CHECK(secret.equals(bank::Secret("secret")));
  CHECK(bank::Secret().equals(bank::Secret("")));
  CHECK_FALSE(secret.equals(bank::Secret("secreT")));
  CHECK_FALSE(secret.equals(bank::Secret("secrets")));
  CHECK_FALSE(secret.equals(bank::Secret()));
}

TEST_CASE("a copy of a secret has its text") {
  const bank::Secret secret("4711");
  const bank::Secret copy(secret);
  CHECK(copy.reveal() == "4711");
  CHECK(secret.reveal() == "4711");
}

TEST_CASE("secrets and the hashes of PINs are compared by libsodium, in constant time") {
  const bank::Secret secret("open sesame");
  CHECK(comparisons([&] { CHECK_FALSE(secret.equals(bank::Secret("wrong"))); }) == 1);
  rig::Rig rig;
  rig.open_account();
  for (const char* pin : {"1234", "9999"}) {
    CAPTURE(pin);
    const int times =
        comparisons([&] { bank::log_in(rig.bank(), ledger::AccountId{1}, bank::Secret(pin)); });
    CHECK_MESSAGE(times == 1, "the hashes are compared in another way");
  }
}

TEST_CASE("a wipe overwrites the whole buffer, also what a shorter text has left in it") {
  std::string text = "a text that is longer than the string object: 4711";
  const std::size_t size = text.size();
  text.resize(2);
  const char* const buffer = text.data();
  bank::wipe(text);
  CHECK(text.empty());
  CHECK_MESSAGE(memmem(buffer, size, "4711", 4) == nullptr, "the end of the buffer is not wiped");
}

TEST_CASE("a secret that is destroyed, moved from or assigned to leaves nothing in memory") {
  alignas(bank::Secret) unsigned char place[sizeof(bank::Secret)];
  const auto holds_text = [&place] { return memmem(place, sizeof place, "4711", 4) != nullptr; };
  auto* const secret = new (place) bank::Secret("4711");
  CHECK(holds_text());
  bank::Secret other(std::move(*secret));
  CHECK_MESSAGE(!holds_text(), "moved from");
  CHECK(other.reveal() == "4711");
  *secret = other;
  CHECK(holds_text());
  *secret = bank::Secret("9");
  CHECK_MESSAGE(!holds_text(), "assigned to");
  *secret = std::move(other);
  CHECK(secret->reveal() == "4711");
  CHECK(other.reveal().empty());
  const bank::Secret& same = *secret;
  *secret = same;
  CHECK_MESSAGE(secret->reveal() == "4711", "assigned to itself");
  *secret = std::move(const_cast<bank::Secret&>(same));
  CHECK_MESSAGE(secret->reveal() == "4711", "moved to itself");
  secret->~Secret();
  CHECK_MESSAGE(!holds_text(), "destroyed");
}

TEST_CASE("the memory that a transaction frees holds no PIN") {
  rig::Rig rig(rig::each_mechanism());
  rig.open_account(100);
  watching.store(true);
  for (const std::string name : {"PASSWD", "CREATE"}) {
    CAPTURE(name);
    found.store(0);
    {
      std::vector<std::string> words{name};
      if (name == "PASSWD") words.emplace_back("1");
      words.emplace_back(marker);
      rig::Asked asked;
      asked.inbox = std::make_shared<rig::Inbox>();
      asked.txn = bank::Transaction::admit(rig.bank(), std::move(words),
                                           {asked.inbox, rig::teller(), 7}, rig.threads());
      CHECK(rig.workers().admit(asked.txn) == cancel::WorkerPool::Admission::admitted);
      CHECK_FALSE(rig.finish(asked).starts_with("-"));
      rig.attend_until_quiet();
    }
    CHECK_MESSAGE(found.load() == 0, "freed blocks that held the PIN: " << found.load());
  }
  watching.store(false);
}
