// For programs that embed the core: the gateway with its concepts, replay instead of a network, and plain credentials.
// Deliberately without TLS, sockets, the server and the configuration file: include those by name where they are
// needed.
#pragma once

#include "ocx/auth/static_source.hpp"
#include "ocx/gateway/gateway.hpp"
#include "ocx/transport/any_transport.hpp"
#include "ocx/transport/cassette_files.hpp"
#include "ocx/transport/replay.hpp"
#include "ocx/util/event_sink.hpp"
#include "ocx/util/http_message.hpp"
#include "ocx/util/json.hpp"
#include "ocx/util/system_clock.hpp"
#include "ocx/util/version.hpp"
