// Compiles the translators.
#include "ocx/src_translate.hpp"
