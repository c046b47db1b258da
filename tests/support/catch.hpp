// One place that knows which Catch2 is installed: Debian 12 has v2, v3 moved the header. Moving to v3 is an edit here.
#pragma once

#if __has_include(<catch2/catch.hpp>)
#include <catch2/catch.hpp>
#else
#include <catch2/catch_all.hpp>
#endif

// Every test prints outcomes the same way; two ways in one program would break the one-definition rule.
#include "support/print_outcome.hpp"
