/// Preloaded into atm: a name service that never answers.

#include <netdb.h>
#include <unistd.h>

extern "C" int getaddrinfo(const char*, const char*, const addrinfo* hints, addrinfo**) {
  while ((hints->ai_flags & AI_NUMERICHOST) == 0) pause();
  return EAI_NONAME;
}
