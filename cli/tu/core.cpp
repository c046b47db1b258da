// Compiles the light bodies of the lower layers.
#include "ocx/src.hpp"
