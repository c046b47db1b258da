// POST /v1/audio/transcriptions by the backend's own transcription route, which stands beside the routes of Codex.
#pragma once

#include "ocx/gateway/environment.hpp"
#include "ocx/gateway/unary_desk.hpp"
#include "ocx/util/event_sink.hpp"
#include "ocx/util/http_message.hpp"

namespace ocx::gateway {

/// Both it works with must outlive every task. Answers through `out` exactly once.
template <Environment E>
class audio {
public:
    audio(E& env, unary_desk<E>& desk) : env_(env), desk_(desk) {}

    task<> transcribe(http_request request, event_sink& out);

private:
    E& env_;
    unary_desk<E>& desk_;
};

} // namespace ocx::gateway

#include "ocx/gateway/impl/audio.hpp"
