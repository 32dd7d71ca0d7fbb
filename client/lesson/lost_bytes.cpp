#include "client/lesson/lost_bytes.hpp"

#include <array>
#include <atomic>
#include <cstdio>

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "client/lesson/child.hpp"

namespace lesson {

namespace {

thread_local int before = 0;
std::array<int, 2> ends{};  // of the pipe
std::atomic<bool> waits = false, received = false;

// Not on the stack: AddressSanitizer does not see that a cancel unwinds the frame.
char byte = 0;
pollfd readable{-1, POLLIN, 0};

void* receive(void*) {
  waits = true;
  received = read(ends[0], &byte, 1) == 1;
  return nullptr;
}

void* poll_and_receive(void*) {
  waits = true;
  poll(&readable, 1, -1);  // a point that takes nothing
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
  received = read(ends[0], &byte, 1) == 1;
  return nullptr;
}

// On one processor, and in a batch, the woken thread does not run before the cancel has been sent.
void share_one_processor() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  sched_setaffinity(0, sizeof one, &one);
  const sched_param none{};
  sched_setscheduler(0, SCHED_BATCH, &none);
}

void send_byte_and_cancel(void* (*how)(void*), Bytes& bytes) {
  waits = received = false;
  pthread_t thread;
  pthread_create(&thread, nullptr, how, nullptr);
  while (!waits) sched_yield();
  sched_yield();  // to where it blocks
  (void)!write(ends[1], "x", 1);
  pthread_cancel(thread);
  pthread_join(thread, nullptr);
  const bool left = poll(&readable, 1, 0) == 1 && read(ends[0], &byte, 1) == 1;
  ++(received ? bytes.received : left ? bytes.in_pipe : bytes.lost);
}

void print_bytes(bool polls) {
  share_one_processor();
  if (pipe(ends.data()) != 0) return;
  readable.fd = ends[0];
  Bytes bytes;
  for (int i = 0; i < 100; ++i) send_byte_and_cancel(polls ? poll_and_receive : receive, bytes);
  std::printf("%d %d %d", bytes.received, bytes.in_pipe, bytes.lost);
}

}  // namespace

Bytes send_bytes(bool polls) {
  const Ended ended = run_in_child([polls] { print_bytes(polls); });
  Bytes bytes;
  std::sscanf(ended.output.c_str(), "%d %d %d", &bytes.received, &bytes.in_pipe, &bytes.lost);
  return bytes;
}

}  // namespace lesson
