/* The protocol between a request, its cancellers, the ledger and a crash, as a model that spin can
 * explore completely. README.md says which function of the code each transition stands for.
 *
 * Every thread of the server is a process that loops over guarded steps. A step is what the code
 * does under one mutex, or in one swap, so it is indivisible; between any two steps any other
 * thread may go on, and the machine may stop. Where a thread stands (pc) and whatever else it has
 * in memory is global, so that a crash can take all of it away in one step.
 *
 * What is chosen with -D:
 *   WORKERS, CANCELLERS, TRIES (sendings of each request: more than one needs a crash in between)
 *   KIND0, KIND1     how each canceller cancels: BY_HANDLE, BY_KEY, DEADLINE; both are after
 *                    request 0, or the key it has
 *   ONE_KEY          both requests have the same key; else each has its own
 *   POSIX            a cancelled request takes its thread with it; else it unwinds and lives on
 *   FAULTS, CRASHES  how often the store fails, how often the machine does
 *   FORMULAS         no assertions: what is wrong has to be found by a formula
 *   JUDGE            where nothing can go on any more, nothing may be left to do
 *   MISTAKE_...      one plausible mistake (README.md); spin has to find what is wrong with it
 */

#define REQUESTS 2
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

/* The threads: workers, one of the reserve, the boss, and whoever cancels. */
#define RESERVE WORKERS
#define BOSS (WORKERS + 1)
#define FIRST_CANCELLER (WORKERS + 2)
#define THREADS (WORKERS + 2 + CANCELLERS)

#include "tests/prove/model/state.pml"
#include "tests/prove/model/truths.pml"
#include "tests/prove/model/telling.pml"
#include "tests/prove/model/ledger.pml"
#include "tests/prove/model/undoing.pml"

proctype Thread(byte me) {
  byte i;
end:
  do
#include "tests/prove/model/boss.pml"
#include "tests/prove/model/worker.pml"
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
    forget();
    open();
    for (n : 0 .. THREADS - 1) { run Thread(n) }
    n = 0;
    run Machine();
#ifdef JUDGE
    run Judge()
#endif
  }
}
