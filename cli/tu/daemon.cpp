// Compiles the life of the background server.
#include "ocx/src_daemon.hpp"
