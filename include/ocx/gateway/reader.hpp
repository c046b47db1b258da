// The client half of a run: waits until the status is known, then follows the event log. One wake-up, one write.
#pragma once

#include "ocx/gateway/document_reply.hpp"
#include "ocx/gateway/environment.hpp"
#include "ocx/gateway/reply_context.hpp"
#include "ocx/gateway/run.hpp"
#include "ocx/translate/stored_reply.hpp"
#include "ocx/util/event_sink.hpp"

#include <memory>
#include <string>

namespace ocx::gateway {

/// Streams `source` to `out`: an HTTP error while nothing was said, else 200 and the log. Silence is filled with
/// comments. Ends when the run is finished or the client is gone; a foreground run is stopped then, because it has no
/// other reader. A run in the background has a log to begin with, which is read from its start.
template <Environment E>
task<> stream_reply(E& env, std::shared_ptr<run> source, translate::record_filter wanted, reply_context context,
                    event_sink& out);

/// Streams the events of a run that is over.
template <Environment E>
task<> replay_reply(E& env, std::shared_ptr<std::string const> events, translate::record_filter wanted,
                    reply_context context, event_sink& out);

/// Waits for the end of `source` and answers with one document, or with the failure as an HTTP error.
template <Environment E>
task<> whole_reply(E& env, std::shared_ptr<run> source, reply_context context, event_sink& out);

} // namespace ocx::gateway

#include "ocx/gateway/impl/reader.hpp"
