#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <pthread.h>

#include "client/lesson/child.hpp"
#include "client/lesson/crew.hpp"
#include "client/lesson/page.hpp"
#include "server/cancel/handle_table.hpp"

namespace lesson {

namespace {

struct Payment {
  std::string payer;
  bool cancelled = false;
};

// An allocator with memory for one payment.
alignas(Payment) unsigned char memory[sizeof(Payment)];

Payment* begin_payment(const char* payer) {
  return new (memory) Payment{payer};
}

void end_payment(Payment* payment) {
  payment->~Payment();
}

// A late cancel through a pointer. Returns whose payment it hit.
std::string cancel_late() {
  Payment* const anns = begin_payment("Ann");
  Payment* const kept = anns;  // by the canceller
  end_payment(anns);
  Payment* const bobs = begin_payment("Bob");
  kept->cancelled = true;
  std::string hit = bobs->cancelled ? bobs->payer : "nobody";
  end_payment(bobs);
  return hit;
}

std::atomic<int> reclaimed = 0;
std::atomic<int> inside_at_the_end = 0;  // threads in a mailbox when it was reclaimed

class Mailbox {
 public:
  ~Mailbox() {
    ++reclaimed;
    inside_at_the_end += inside_;
  }
  void send() { change(1, false); }
  void close() { change(0, true); }
  // Blocks until there is a message. Returns false if the mailbox was closed.
  bool receive() {
    pthread_mutex_lock(&mutex_);
    ++inside_;
    while (messages_ == 0 && !closed_) pthread_cond_wait(&changed_, &mutex_);
    const bool got_one = !closed_;
    if (got_one) --messages_;
    --inside_;
    pthread_mutex_unlock(&mutex_);
    return got_one;
  }
  bool receiver_is_blocked() {
    pthread_mutex_lock(&mutex_);
    const bool blocked = inside_ == 1 && messages_ == 0;
    pthread_mutex_unlock(&mutex_);
    return blocked;
  }

 private:
  void change(int more, bool close) {
    pthread_mutex_lock(&mutex_);
    messages_ += more;
    closed_ = closed_ || close;
    pthread_cond_broadcast(&changed_);
    pthread_mutex_unlock(&mutex_);
  }

  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t changed_ = PTHREAD_COND_INITIALIZER;
  int messages_ = 0;
  int inside_ = 0;
  bool closed_ = false;
};

using Mailboxes = cancel::HandleTable<Mailbox>;
enum class Result { ok, invalid_handle };

Result receive(Mailboxes& table, cancel::Handle handle) {
  const auto mailbox = table.find(handle);  // a reference, or null
  return mailbox && mailbox->receive() ? Result::ok : Result::invalid_handle;
}

Result disconnect(Mailboxes& table, cancel::Handle handle) {
  const auto mailbox = table.find(handle);
  if (!mailbox || !table.remove(handle)) return Result::invalid_handle;
  mailbox->close();  // wakes the threads that are blocked in it
  return Result::ok;
}

constexpr int senders = 500;

struct Line {
  Mailboxes table{1};
  cancel::Handle handle = table.issue();
  std::atomic<bool> broken = false;
  std::atomic<int> won = 0;
  std::atomic<int> lost = 0;
  std::atomic<int> received = 0;
};

void hang_up(Line& line) {
  const bool won = disconnect(line.table, line.handle) == Result::ok;
  ++(won ? line.won : line.lost);
}

void* sender(void* argument) {
  Line& line = *static_cast<Line*>(argument);
  if (const auto mailbox = line.table.find(line.handle)) mailbox->send();
  line.broken.wait(false);
  hang_up(line);
  return nullptr;
}

void* receiver(void* argument) {
  Line& line = *static_cast<Line*>(argument);
  while (receive(line.table, line.handle) == Result::ok) ++line.received;
  hang_up(line);
  return nullptr;
}

// Breaks the line when all messages have arrived and the receiver is blocked.
void run_until_broken(Line& line) {
  auto mailbox = std::make_shared<Mailbox>();
  line.table.insert(line.handle, mailbox);
  std::vector<pthread_t> threads(senders + 1);
  for (auto& each : threads) {
    pthread_create(&each, nullptr, &each == &threads[0] ? receiver : sender, &line);
  }
  while (line.received < senders || !mailbox->receiver_is_blocked()) sched_yield();
  mailbox.reset();
  line.broken = true;
  line.broken.notify_all();
  for (const auto each : threads) pthread_join(each, nullptr);
}

void stale_pointer(Page& page) {
  page.text(R"(
    Ann pays. A canceller keeps a pointer to her payment. The payment ends, its memory is free, and
    Bob's payment begins. Then comes the cancel, late. An allocator may return an address again;
    this one has memory for one payment and always does:)");
  page.code({"begin_payment", "cancel_late"});
  const Question whose =
      page.ask("Whose payment does the late cancel hit?", {"Ann", "Bob", "nobody"});
  page.answer(
      whose, cancel_late(),
      "The pointer is stale, but its address is in use again, so nothing can notice. Bob never "
      "asked for a cancel.",
      {{"Ann", "The payment of Ann no longer exists."},
       {"nobody", "Nothing compares the old owner with the new one."}});
}

void table(Page& page) {
  page.text(
      "A handle is a number instead, which a table maps to the object. The table of server/cancel "
      "never uses a number again. A look-up takes a reference, and the memory is reclaimed with "
      "the last reference.");
  page.code("remove", "server/cancel/handle_table.hpp");
  page.text(senders,
            " threads send to a mailbox and one is blocked receiving from it, all by its handle. "
            "The line breaks, and each of them calls this:");
  page.code("disconnect");
  const Question winners =
      page.ask("How many of the 501 calls of disconnect return ok?", {"0", "1", "500", "501"});
  Line line;
  run_until_broken(line);
  page.measured("ok: ", line.won.load(), "; invalid_handle: ", line.lost.load(),
                "; mailboxes reclaimed: ", reclaimed.load(),
                ", with threads inside: ", inside_at_the_end.load());
  page.verify("all others get invalid_handle", line.lost == senders);
  page.verify("the receiver is woken, and its call returns", line.received == senders);
  page.verify("the mailbox is reclaimed once, when no thread is in it",
              reclaimed == 1 && inside_at_the_end == 0);
  page.answer(winners, std::to_string(line.won),
              "remove() returns true in one call only, and that caller wakes the receiver, which "
              "returns invalid_handle. With a pointer, the last user would have to free the "
              "mailbox, and 501 threads would have to agree which of them that is.",
              {{"0", "One has to find the handle first."},
               {"500", "The receiver takes part, too, but the first removal decides."},
               {"501", "All but one find no such handle, or lose the race to remove it."}});
}

void last_number(Page& page) {
  const Question last =
      page.ask("The numbers are 64-bit. What does issue() do when it has reached the greatest?",
               {"start again with 1", "throw an exception", "end the process"});
  const Ended ended = run_in_child([] { Mailboxes(1, INT64_MAX).issue(); });
  page.measured("a process with a table at INT64_MAX: ", ended.spelled());
  const std::size_t choice = ended.signal != 0 ? 2 : ended.done() ? 0 : 1;
  page.answer(last, last.choices[choice],
              "A number used again would be as bad as a stale pointer. A million requests a second "
              "use them up in " +
                  std::to_string(INT64_MAX / 1'000'000 / (365 * 24 * 3600)) +
                  " years. A handle has a second number, which the server increases at each start, "
                  "so a handle from before a restart names nothing either.",
              {{last.choices[0], "If it did, an old handle could name a new request."},
               {last.choices[1], "The handler could do nothing but end the process."}});
}

void commit_at_once(Task& task) {
  task.point_of_no_return();
  task.record_outcome(cancel::Stage::committed);
}

void with_requests(Page& page) {
  Crew crew(page.mechanism(), 1);
  cancel::HandleTable<Task> requests(3);
  const cancel::Handle anns = requests.issue();
  const auto first = crew.start(commit_at_once);
  requests.insert(anns, first);
  crew.run_until_finished(*first);
  requests.remove(anns);

  const cancel::Handle bobs = requests.issue();
  const auto second = crew.start([](Task& task) { task.wait_for_ever(); });
  requests.insert(bobs, second);
  crew.run_until_ready(*second);
  const auto late = requests.find(anns);
  const bool second_lives = !second->finished();
  const auto found = requests.find(bobs);
  const auto verdict = crew.cancel(*found);

  page.text(
      "Ann and Bob again, as requests of server/cancel on one worker. When Ann's cancel comes, the "
      "worker serves Bob:");
  page.table({{"a cancel of", "finds", "verdict"},
              {to_string(anns), late ? "a request" : "nothing", "none"},
              {to_string(bobs), found == second ? "Bob's request" : "another",
               std::string(name(verdict))}});
  page.claim("Ann's late cancel finds nothing, and Bob's request goes on", !late && second_lives);
  page.verify("Bob's own cancel finds it", verdict == cancel::Verdict::cancelled);
}

}  // namespace

void handles(Page& page) {
  stale_pointer(page);
  table(page);
  last_number(page);
  with_requests(page);
  page.where("server/cancel/handle_table.hpp", "class HandleTable", "the table");
  page.where("server/bank/bank.hpp", "HandleTable<Transaction>", "the transactions in flight");
  page.next("let issue() return {start_, 1}, build, atm lesson 8 --check; then atm lesson 9");
}

}  // namespace lesson
