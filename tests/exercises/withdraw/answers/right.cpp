// Right: the server's own withdrawal.
#include "server/bank/withdraw.cpp"
