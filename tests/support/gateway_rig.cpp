// The tests' one instantiation of the gateway.
#include "support/gateway_rig.hpp"

template class ocx::gateway::gateway<ocx::testing::gateway_rig::env_type>;
