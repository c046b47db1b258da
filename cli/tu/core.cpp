// Compiles every light body of the library.
#include "ocx/src.hpp"
