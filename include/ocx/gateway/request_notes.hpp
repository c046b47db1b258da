// What a run leaves in the log's record of its request: from typed members and two allow-listed headers.
#pragma once

#include "ocx/gateway/run.hpp"
#include "ocx/protocol/error.hpp"
#include "ocx/util/event_sink.hpp"
#include "ocx/util/headers.hpp"

#include <string>
#include <string_view>

namespace ocx::gateway {

/// The failure that the client is told; its code, else its type.
inline void note_failure(event_sink& out, failure const& why)
{
    if (auto* const notes = out.notes())
        notes->error_code = why.code.empty() ? why.type : why.code;
}

/// By what the backend's side can find the call again.
inline void note_upstream(request_notes& notes, header_list const& heard)
{
    auto const copy = [&heard](std::string& into, std::string_view name) {
        if (auto const* value = find_header(heard, name))
            into = *value;
    };
    copy(notes.upstream_request_id, "x-oai-request-id");
    copy(notes.upstream_request_id, "x-request-id");
    copy(notes.upstream_ray, "cf-ray");
}

/// About a call of one document each way. Does nothing when nobody keeps records.
inline void note_unary(event_sink& out, std::string const& model, header_list const& heard)
{
    auto* const notes = out.notes();
    if (!notes)
        return;
    notes->model = model;
    note_upstream(*notes, heard);
}

/// Everything about a call. Does nothing when nobody keeps records.
inline void note_run(event_sink& out, run const& source)
{
    auto* const notes = out.notes();
    if (!notes)
        return;
    notes->model = source.plan.model;
    notes->is_stream = translate::is_streamed(source.plan);
    if (auto const used = source.usage())
        notes->tokens = request_tokens{used->input, used->cached, used->output, used->reasoning};
    note_upstream(*notes, source.upstream_headers());
    if (auto const* why = source.error())
        note_failure(out, *why);
}

} // namespace ocx::gateway
