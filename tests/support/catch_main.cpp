// Catch2's runner, compiled once for all unit tests.
#define CATCH_CONFIG_MAIN
#include "catch.hpp"
