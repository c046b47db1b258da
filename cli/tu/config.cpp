// The configuration reader: the one translation unit that compiles toml++.
#include "ocx/src_config.hpp"
