/* The protocol between a request, its cancellers, the commit pipeline, the ledger and a crash, as a
 * model that spin explores completely. README.md lists the function of the code for each step.
 *
 * Every thread of the server is a process that loops over guarded steps. A step is the code's work
 * under one mutex or in one swap, so it is indivisible; between any two steps any other thread may
 * run, and the machine may stop. The position (pc) and the memory of all threads are global, so
 * that a crash can erase everything in one step.
 *
 * Options, chosen with -D:
 *   REQUESTS         2; or 3 with READER and ONE_ACCOUNT
 *   WORKERS, CANCELLERS
 *   TRIES            sendings of each request; more than one needs a crash in between
 *   KIND0, KIND1     what each canceller sends: BY_HANDLE, BY_KEY, DEADLINE, a STATUS of the
 *                    key, or nothing (NOBODY); the target of both is request 0 or its key
 *   ONE_KEY          the requests have the same key; otherwise each has its own
 *   ONE_ACCOUNT      the requests use the same account; otherwise each has its own
 *   READER           the last request asks for the balance and has no key
 *   POSIX            the thread of a cancelled request dies; otherwise it unwinds and survives
 *   FAULTS, CRASHES  how often the store fails, and how often the machine stops
 *   FORMULAS         no assertions: only a formula can find a mistake
 *   JUDGE            when no thread can make a step, nothing may be left to do
 *   MISTAKE, MISTAKES  plausible mistakes (mistakes.pml), which spin must find
 */

#ifndef REQUESTS
#define REQUESTS 2
#endif
#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef CANCELLERS
#define CANCELLERS 1
#endif
#ifndef TRIES
#define TRIES 1
#endif
#ifndef KIND0
#define KIND0 BY_HANDLE
#endif
#ifndef KIND1
#define KIND1 DEADLINE
#endif
#ifndef FAULTS
#define FAULTS 0
#endif
#ifndef CRASHES
#define CRASHES 0
#endif

/* The threads: workers, one of the reserve, the boss, the cancellers. */
#define RESERVE WORKERS
#define BOSS (WORKERS + 1)
#define FIRST_CANCELLER (WORKERS + 2)
#define THREADS (WORKERS + 2 + CANCELLERS)

#include "tests/prove/model/mistakes.pml"
#include "tests/prove/model/state.pml"
#include "tests/prove/model/truths.pml"
#include "tests/prove/model/cleanup.pml"
#include "tests/prove/model/ledger.pml"
#include "tests/prove/model/order.pml"
#include "tests/prove/model/answers.pml"
#include "tests/prove/model/start.pml"

proctype Thread(byte me) {
  byte i;
end:
  do
#include "tests/prove/model/boss.pml"
#include "tests/prove/model/worker.pml"
#include "tests/prove/model/finish.pml"
#include "tests/prove/model/ending.pml"
#include "tests/prove/model/canceller.pml"
#include "tests/prove/model/commit.pml"
  od
}

#include "tests/prove/model/machine.pml"
#include "tests/prove/model/properties.pml"

init {
  byte n;
  atomic {
#if defined(MISTAKES) && !defined(MISTAKE)
    c_code { mistake = atoi(getenv("MISTAKE")); assertions = atoi(getenv("ASSERTIONS")); };
#endif
    forget();
    for (n : 0 .. THREADS - 1) { run Thread(n) }
    n = 0;
    run Machine();
#ifdef JUDGE
    run Judge()
#endif
  }
}
