// The one instantiation of the gateway in the program.
#include "../env.hpp"

template class ocx::gateway::gateway<ocx::cli::live_env>;
