// The parameters that Chat Completions and Responses have in common: model, sampling, reasoning, text format, service
// tier, metadata, stream options. Each function reads its members, checks them and fills the upstream request.
#pragma once

#include "ocx/translate/plan.hpp"
#include "ocx/translate/request_context.hpp"
#include "ocx/translate/request_fields.hpp"
#include "ocx/translate/upstream_body.hpp"

#include <string>

namespace ocx::translate {

/// What one translation works on. Lives on the stack of plan_chat() or plan_responses().
struct request_state {
    request_state(json::view body, request_context const& c)
        : context(c), report(c.strictness), fields(body, {}, report)
    {
    }
    request_state(request_state const&) = delete;
    request_state& operator=(request_state const&) = delete;

    request_context const& context;
    request_report report;
    request_fields fields;
    upstream_request upstream;
    call_plan plan;
    model_facts const* facts = nullptr; ///< of the chosen model, may stay null
    std::string model_effort;           ///< effort named by the model suffix
};

/// Takes `model` or the default, without provider prefix; a suffix such as -high is an effort when the catalogue has
/// the name only without it ("gpt-5.1-codex-max" is a model of its own).
OCX_DECL void read_model(request_state& state);

/// stream and stream_options; the latter without streaming is a 400.
OCX_DECL void read_stream(request_state& state);

/// temperature and top_p: the backend takes neither, so all but the default 1 is ignored after a range check.
OCX_DECL void read_sampling(request_state& state);

/// reasoning {effort, summary, generate_summary, context, mode}; `effort` is chat's reasoning_effort, absent otherwise.
OCX_DECL void read_reasoning(request_state& state, json::view effort);

/// text.format or response_format at `path`, flat or with a nested json_schema, as the backend's flat format.
OCX_DECL void read_format(request_state& state, json::view format, std::string const& path);

/// `verbosity` of `owner` (the request or its `text` object). Never forced: the model's own default counts.
OCX_DECL void read_verbosity(request_state& state, request_fields& owner);

/// Only `priority` (alias `fast`) is accepted upstream; the other official values mean or become its default.
OCX_DECL void read_service_tier(request_state& state);

OCX_DECL void read_parallel_calls(request_state& state);

/// Names that are accepted without effect when set to anything.
OCX_DECL void ignore_if_set(request_state& state, std::initializer_list<std::string_view> names);

/// moderation, prompt caching options and user ids: same rules on both endpoints.
OCX_DECL void read_common_extras(request_state& state);

/// Puts the stored turns that end with the response `previous_id` before the input. The instructions of those requests
/// are not among them: they do not carry over in the API either.
OCX_DECL void take_history(request_state& state, std::string const& previous_id);

/// After everything was read: session id, unknown members, the finished plan or the first failure.
[[nodiscard]] OCX_DECL outcome<call_plan> finish_plan(request_state& state);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/settings.ipp"
#endif
