#pragma once

/// One run: the threads that take part, the turn, and a model of what each thread waits for.
///
/// No thread is in charge. A thread that reaches a step before which it may have to wait announces
/// the step, chooses the next thread through the Chooser, wakes that thread, and parks until its
/// own turn. So exactly one thread runs between two choices, and the lock matters only for the
/// hand-over. The lock is released before the next thread is woken, because a run consists mostly
/// of hand-overs.

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <pthread.h>
#include <semaphore.h>

#include "server/seam/seam.hpp"
#include "tests/scheduler/chooser.hpp"
#include "tests/scheduler/explore.hpp"

namespace explore {

class Session final : public seam::Scheduler {
 public:
  Session(const Options& options, Chooser& chooser);
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // For Run.
  /// Names the thread that is created next. Without a name it is named after its creator.
  void name_next(std::string_view name) { next_name_ = name; }
  void go();
  void happen(const void* event);
  void await(const void* event);
  void fail(std::string_view what);
  const std::vector<Step>& steps() const { return steps_; }

  // For the driver.
  void body_done();
  /// Blocks until the body is done. Returns false if the run is stuck.
  bool wait_for_body();
  const std::optional<std::string>& failure() const { return failure_; }
  const Schedule& schedule() const { return schedule_; }
  std::size_t choices() const { return choices_; }
  std::size_t threads() const { return threads_.size(); }
  std::string trace() const;
  std::string columns() const;

  // seam::Scheduler. Calls by a thread that does not take part have no effect.
  void access(const void* object, seam::Access how) override;
  void acquire(const void* mutex, seam::Part part) override;
  void release(const void* mutex) override;
  seam::Woken wait(const void* condition, const void* mutex, bool cancellable,
                   const seam::Time* deadline) override;
  void notify(const void* condition) override;
  void await_cancel() override;
  seam::Time now() override { return now_; }
  std::uint64_t create() override;
  void enter(std::uint64_t token) override;
  void leave(std::uint64_t token) override;
  void join(std::uint64_t token) override;
  void cancel(std::uint64_t token) override;
  void remark(std::string_view place) override;
  void cleanup(const void* request, const void* entry, Cleaning what) override;
  /// Names an object in traces.
  void name_object(const void* object, std::string name);
  /// As access(), for several objects in one step.
  void access_all(std::span<const void* const> objects, seam::Access how);
  /// Returns the number of cleanup entries pushed and not yet popped.
  std::size_t uncleaned() const;

 private:
  /// Holds the session's lock for a scope.
  class Locked {
   public:
    explicit Locked(Session& session) : session_(session) { pthread_mutex_lock(&session_.lock_); }
    ~Locked() { session_.unlock(); }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;

   private:
    Session& session_;
  };
  struct Thread {
    int id;
    sem_t turn{};  // posted when its turn comes while it is parked
    bool entered = false;
    bool left = false;
    Step next{};  // its next step
    // What the step waits for; the step decides which of them matter.
    const void* mutex = nullptr;
    seam::Part in_part = seam::whole;  // the part of a mutex that it holds
    const void* condition = nullptr;
    bool cancellable = false;
    std::optional<seam::Time> deadline;
    const Thread* other = nullptr;
    const void* event = nullptr;
    // The events that reached the thread.
    bool notified = false;
    bool cancelled = false;  // a cancel was posted
    bool struck = false;     // the cancel has struck: the thread unwinds
  };

  Object number(const void* object);
  Thread& of(std::uint64_t token) { return threads_[token]; }
  void note(const Step& step);
  Names called() const { return {names_, object_names_}; }
  void do_at_once(What what, Touch touch);
  void take_turn(const Step& next);
  void choose_next();
  bool start_new_thread();
  std::vector<Alternative> alternatives() const;
  std::vector<Step> blocked(const std::vector<Alternative>& found) const;
  void add_wakes(const Thread& thread, std::vector<Alternative>& found) const;
  bool can_go(const Thread& thread) const;
  std::optional<seam::Time> earliest_deadline() const;
  void carry_out(const Alternative& chosen);
  void give_turn(Thread& thread);
  void park(Thread& thread);
  void unlock();
  void stop(std::string what);
  std::string describe_waiters() const;

  /// The calling thread's number in the session it takes part in; -1 outside.
  static inline thread_local constinit int me = -1;

  const Options& options_;
  Chooser& chooser_;
  pthread_mutex_t lock_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t over_ = PTHREAD_COND_INITIALIZER;  // for go(), and for the driver

  std::deque<Thread> threads_;
  std::vector<std::string> names_;
  std::string next_name_;
  Thread* running_ = nullptr;     // has the turn
  Thread* to_wake_ = nullptr;     // is woken when the lock is released
  const Thread* last_ = nullptr;  // had the turn before
  bool going_ = false;
  bool stuck_ = false;
  bool body_done_ = false;

  std::map<const void*, Object> objects_;
  std::map<Object, std::string> object_names_;
  std::map<const void*, int> owners_;  // mutexes held, by thread
  std::set<const void*> happened_;
  std::map<const void*, std::vector<const void*>> cleanups_;  // of each request, topmost last
  seam::Time now_{std::chrono::hours(1)};

  std::vector<Step> steps_;
  Schedule schedule_;
  std::size_t choices_ = 0;
  std::optional<std::string> failure_;
};

}  // namespace explore
