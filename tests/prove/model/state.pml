/* The state: the memory of the server, the disk, and the answers that people have received. */

/* The stage of a request (server/cancel/stage.hpp). */
mtype = { queued, running, committing, committed, unknown, answered, cancelling, cancelled };

/* The position of a thread. */
mtype = {
  W_IDLE, W_START, W_CHECK, W_SWAP, W_SET, W_ANSWER, W_DIE, W_STORED, W_RELEASE, W_REPLY,
  U_UNWIND,
  E_CLEAN, E_ENTOMBED, E_END, E_RELEASE, E_REPLY, E_WINNER, E_LATER, E_REMOVE, E_GONE, E_DEAD,
  B_IDLE, B_INSERT, B_QUEUE, B_STOP, B_NOTE, R_IDLE,
  K_IDLE, K_SWAP, K_NOTE_END, K_NOTE_DELIVER, K_ORDER, K_OWN, K_ENTOMBED, K_DONE,
  Q_PUSH, Q_WAIT, L_TAKE, L_BEGIN, L_EACH, L_COMMIT, L_SYNC, L_WAKE, L_POP
};

/* Verdicts (CANCELLED ... INVALID), replies (DONE ... IN_PROGRESS, TIMED_OUT), and results of a
 * commit (STORED ... FAILED). CANCELLED and UNKNOWN are replies, too; UNKNOWN is a result, too. */
mtype = {
  NONE, CANCELLED, ALREADY, TOO_LATE, INVALID, UNKNOWN,
  DONE, REFUSED, STORE_FAILED, IN_PROGRESS, TIMED_OUT,
  STORED, TAKEN_DONE, TAKEN_CANCELLED, FAILED
};

/* The row of a key; the kinds of cancellers. */
mtype = { NO_ROW, MONEY, TOMBSTONE };
mtype = { BY_HANDLE, BY_KEY, DEADLINE };

#ifdef ONE_KEY
#define KEYS 1
#define key_of(r) 0
#else
#define KEYS REQUESTS
#define key_of(r) (r)
#endif

/* Each sending of a request is a bit; a retry after a crash is another sending. */
#define sending(r) (1 << ((r) * TRIES + tries[r]))
#ifdef ONE_KEY
#define sendings_of_key(k) 255
#else
#define sendings_of_key(k) (((1 << TRIES) - 1) << ((k) * TRIES))
#endif
#define kind_of(t) ((t) == FIRST_CANCELLER -> KIND0 : KIND1)

/* -- The memory of the server, which a crash erases -- */

mtype pc[THREADS];
byte cur[THREADS];     /* the request of a thread */
mtype res[THREADS];    /* the result of its commit; then the verdict for the winner */
bool entombing[THREADS]; /* its commit is a tombstone, not money */

mtype stage[REQUESTS];
mtype reply[REQUESTS]; /* the reply to be sent */
bool in_table[REQUESTS];
bool waiting[REQUESTS]; /* for a worker */
bool has_key[REQUESTS];
bool final[REQUESTS];   /* the cancel that won makes the key final */
byte winner[REQUESTS];  /* the canceller that won */
byte later[REQUESTS];   /* further cancellers, as bits */
mtype later_verdict[REQUESTS]; /* the verdict for further cancellers */
byte by[REQUESTS];      /* its worker, plus 1 */
byte claim[KEYS];       /* the request that has the key, plus 1 */

bool note_end[REQUESTS];     /* notes for the boss */
bool note_deliver[REQUESTS];
bool job[REQUESTS];          /* for the reserve */
bool note_stop, draining;    /* a COMMIT has failed: the boss ends the server */
bool pending[WORKERS];       /* a pthread_cancel */
bool in_window[WORKERS];       /* the pthread_cancel may act */
byte owes[FIRST_CANCELLER];  /* the cleanup stack of a thread, as bits: entries not yet undone */

mtype got[CANCELLERS]; /* a verdict that may not be the answer */
bool is_answer[CANCELLERS];  /* that verdict is the answer */

byte queue[THREADS]; /* of committing threads; the first one leads */
byte length;
byte called;         /* threads whose condition was notified, as bits */
byte done;           /* threads whose batch is over, as bits */
byte batch, low, high, at;
bool single, anything, closed;

/* -- The ledger: in the unit of work, visible to readers, written, synced -- */

mtype unit_row[KEYS];
mtype seen_row[KEYS];
mtype written_row[KEYS];
mtype durable_row[KEYS];
byte unit_money, written_money, durable_money; /* the sendings whose money has moved, as bits */

/* -- The world outside -- */

bool up = true;
bool answered_twice;     /* a customer or canceller, or one that waited for nothing */
bool answered_otherwise; /* a repeat, with another reply than the first */
bool disordered;     /* a cleanup entry ran twice, never, or not as the topmost */
bool disturbed;      /* a cleanup entry ran with cancellation enabled */
bool stale; /* a sync has failed: pages may be lost that count as written */
byte crashes;
byte faults;
byte tries[REQUESTS];
bool sent[REQUESTS];
bool awaiting[REQUESTS];
bool repeats[REQUESTS]; /* its key was settled when it was sent */
bool asking[CANCELLERS];
mtype verdict[CANCELLERS];
byte target[CANCELLERS]; /* its target, as a bit; 0 if the target is a key */

/* Reported outcomes, as bits: of sendings and of keys. */
byte reported_done;      /* by replies: the money has moved */
byte reported_nothing;   /* by replies and verdicts: this sending moves no money, ever */
byte reported_unknown;   /* by replies */
byte lost;           /* the customer was lost in a crash */
byte reported_stopped;   /* by replies: cancelled, or past its deadline */
byte reported_cancelled; /* by verdicts */
byte reported_late;      /* by verdicts */
byte ordered;        /* sendings that a canceller targeted */
byte done_keys;      /* reported: the money of the key has moved */
byte final_keys;     /* reported: it never will */

/* Erases the memory, at a start and a crash. Callers declare byte n. */
inline forget() {
  for (n : 0 .. THREADS - 1) {
    if
    :: n < WORKERS -> pc[n] = W_IDLE
    :: n == RESERVE -> pc[n] = R_IDLE
    :: n == BOSS -> pc[n] = B_IDLE
    :: n >= FIRST_CANCELLER -> pc[n] = (verdict[n - FIRST_CANCELLER] == 0 -> K_IDLE : K_DONE)
    fi;
    if
    :: n < FIRST_CANCELLER -> owes[n] = 0
    :: else
    fi;
    cur[n] = 0; res[n] = 0; entombing[n] = false
  }
  for (n : 0 .. REQUESTS - 1) {
    stage[n] = 0; reply[n] = 0; in_table[n] = false; waiting[n] = false; has_key[n] = false;
    final[n] = false; winner[n] = 0; later[n] = 0; later_verdict[n] = 0; by[n] = 0;
    note_end[n] = false; note_deliver[n] = false; job[n] = false
  }
  for (n : 0 .. KEYS - 1) { claim[n] = 0; unit_row[n] = NO_ROW; seen_row[n] = NO_ROW }
  for (n : 0 .. WORKERS - 1) { pending[n] = false; in_window[n] = false }
  for (n : 0 .. CANCELLERS - 1) { got[n] = 0; is_answer[n] = false }
  for (n : 0 .. THREADS - 1) { queue[n] = 0 }
  length = 0; called = 0; done = 0; batch = 0; low = 0; high = 0; at = 0;
  single = false; anything = false; closed = false; unit_money = 0;
  note_stop = false; draining = false;
  n = 0
}
