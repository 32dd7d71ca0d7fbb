/* The mistakes (README.md describes them). -DMISTAKE=NAME makes one. -DMISTAKES compiles them all
 * into one verifier, which reads from its environment the number of the mistake, and whether there
 * are assertions. */

#define VERDICT_BEFORE_SWAP 1
#define LOOKED_THEN_SET 2
#define LATE_CANCEL_HITS_NEXT 3
#define CANCELLED_AFTER_COMMIT 4
#define STARTED_UNSEEN 5
#define CAUGHT_AS_ERROR 6
#define TOMBSTONE_NOT_DURABLE 7
#define KEY_IN_USE_LEFT_ALONE 8
#define KEY_NOT_STORED 9
#define REFUSED_BEFORE_ROW 10
#define ACK_BEFORE_SYNC 11
#define LOST_UNIT_COMMITTED 12
#define OUTCOME_NOT_REPLIED 13
#define UNKNOWN_IS_FAILED 14
#define STOP_NOT_NOTICED 15
#define SERVED_BEFORE_CHECKPOINT 16
#define NOT_REWRITTEN 17
#define NEXT_LEADER_NOT_CALLED 18
#define QUEUED_CANCEL_FORGOTTEN 19
#define HANDLE_LEFT 20
#define WORKER_GOES_ON 21
#define CLEANUP_IN_WRONG_ORDER 22
#define UNLOCK_MISSING_ON_CANCEL 23
#define ENABLED_IN_CLEANUP 24
#define KEY_NOT_USED 25
#define DECIDED_BEFORE_SYNC 26
#define BALANCE_AT_ONCE 27
#define REFUSAL_AT_ONCE 28
#define REPLAY_AT_ONCE 29
#define STATUS_AT_ONCE 30
#define TOMBSTONE_AT_ONCE 31
#define DEPENDENT_SURVIVES 32
#define REVOKED_BASE_ORDERED 33
#define PASSED_IS_DURABLE 34
#define REVOKED_BALANCE_KEPT 35
#define REVOKED_KEY_KEPT 36
#define UNKNOWN_IS_REVOKED 37
#define KEY_RELEASED_FIRST 38
#define ENTRY_DROPPED 39
#define LOOKED_THEN_PARKED 40
#define ABANDONED_IS_REVOKED 41
#define STALE_EPOCH_ORDERED 42

#ifdef MISTAKES
#define mistaken(name) c_expr { mistake == name }
c_decl {
  \#include <stdlib.h>
  static int mistake, assertions;
}
#elif defined(MISTAKE)
#define MISTAKES
#define mistaken(name) (MISTAKE == name)
#else
#define mistaken(name) false
#endif

#ifdef MISTAKES
#define by_mistake(name, act) if :: mistaken(name) -> act :: else fi
#define unless_mistaken(name, act) if :: mistaken(name) :: else -> act fi
#else
#define by_mistake(name, act) skip
#define unless_mistaken(name, act) act
#endif
