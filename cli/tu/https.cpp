// Compiles the bodies that need sockets and TLS.
#include "ocx/src_https.hpp"
