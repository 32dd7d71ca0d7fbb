/* The cleanup stack of a request: its bottom entry, its buffer, the mutex of its account. An entry
 * is undone once, as the topmost, with cancellation disabled. The entries outlive the request's
 * part of a worker: the thread that ends the request undoes those that are left. */
#define FINISH 1
#define BUFFER 2
#define MUTEX 4
inline check_undisturbed() {
  if
  :: me < WORKERS -> disturbed = disturbed || in_window[me]
  :: else
  fi;
  must(cleanup_undisturbed, !disturbed)
}

inline undo(r, entry) {
  disordered = disordered || !(owes[r] & entry) || (owes[r] >= 2 * entry);
  check_undisturbed();
  owes[r] = owes[r] & ~entry;
  must(cleanup_in_order, !disordered)
}

inline to_die() {
  pc[me] = W_DIE;
#ifdef POSIX
  in_window[me] = !mistaken(WORKER_GOES_ON)
#else
  skip
#endif
}

/* The boss continues with the next request after it has cancelled one, or could not. */
inline stop_next() {
  if
  :: cur[me] > 0 -> cur[me]--; pc[me] = B_STOP
  :: else -> pc[me] = B_IDLE
  fi
}
