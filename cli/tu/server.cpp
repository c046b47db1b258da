// Compiles the HTTP server.
#include "ocx/src_server.hpp"
