// Bodies of chat_stream.hpp.
#pragma once

#include "ocx/protocol/error.hpp"
#include "ocx/sse/encoder.hpp"
#include "ocx/translate/chat_stream.hpp"

namespace ocx::translate {

namespace reply_detail {

/// Where the varying part of a prepared record stands; cannot occur in JSON.
inline constexpr char gap = '\x01';

inline std::string chunk_head(chat_identity const& who)
{
    std::string out;
    json::writer w(out);
    w.begin_object().member("id", std::string_view(who.id)).member("object", "chat.completion.chunk");
    w.member("created", who.created).member("model", std::string_view(who.model));
    w.member("service_tier", std::string_view(who.service_tier));
    w.member("system_fingerprint", std::string_view(who.system_fingerprint)).key("choices");
    return out;
}

inline bool is_custom(call_plan const& plan, output_item const& call)
{
    return call.type == "custom_tool_call" && !plan.custom_calls_as_functions;
}

inline std::string_view call_member(call_plan const& plan, output_item const& call)
{
    return is_custom(plan, call) ? "custom" : "function";
}

inline std::string_view text_member(call_plan const& plan, output_item const& call)
{
    return is_custom(plan, call) ? "input" : "arguments";
}

} // namespace reply_detail

OCX_DECL void chat_stream::identity(chat_identity const& who)
{
    if (who == who_)
        return;
    // Only the tier may be learnt on the way; everything else must be the same in every chunk.
    if (prefix_.empty())
        who_ = who;
    who_.service_tier = who.service_tier;
    prepare();
}

OCX_DECL void chat_stream::prepare()
{
    auto json = reply_detail::chunk_head(who_);
    json += "[{\"index\":" + std::to_string(index_) + ",\"delta\":{";
    json.push_back(reply_detail::gap);
    json.push_back('}');
    json.push_back(reply_detail::gap);
    json += "}]";
    // The schema wants usage on every chunk once it was asked for, null until the last.
    json += plan_.has_usage_chunk ? ",\"usage\":null}" : "}";
    std::string record;
    sse::append_data(record, json);
    auto const first = record.find(reply_detail::gap);
    auto const second = record.find(reply_detail::gap, first + 1);
    prefix_ = record.substr(0, first);
    suffix_ = record.substr(second + 1);
    tail_ = "},\"logprobs\":null,\"finish_reason\":null" + suffix_;
}

OCX_DECL void chat_stream::chunk(std::string_view delta, std::string_view rest)
{
    out_->append(prefix_).append(delta).append("}").append(rest).append(suffix_);
}

OCX_DECL void chat_stream::chunk(std::string_view delta)
{
    out_->append(prefix_).append(delta).append(tail_);
}

OCX_DECL void chat_stream::open(std::string_view delta)
{
    if (has_role_)
        return;
    has_role_ = true;
    std::string whole = "\"role\":\"assistant\",";
    chunk(whole.append(delta));
}

OCX_DECL void chat_stream::open_choice()
{
    // What will follow is not known yet: null content becomes text or stays null in every accumulator.
    open(R"("content":null,"refusal":null)");
}

OCX_DECL void chat_stream::content(std::string_view text, std::string_view logprobs)
{
    open(R"("content":"","refusal":null)");
    if (logprobs.empty()) {
        out_->append(prefix_).append("\"content\":\"").append(text).append("\"").append(tail_);
        return;
    }
    scratch_ = ",\"logprobs\":{\"content\":[";
    scratch_.append(logprobs).append("],\"refusal\":null},\"finish_reason\":null");
    std::string delta = "\"content\":\"";
    chunk(delta.append(text).append("\""), scratch_);
}

OCX_DECL void chat_stream::refusal(std::string_view text)
{
    open(R"("content":null,"refusal":"")");
    out_->append(prefix_).append("\"refusal\":\"").append(text).append("\"").append(tail_);
}

OCX_DECL void chat_stream::reasoning(std::string_view text)
{
    open_choice();
    out_->append(prefix_).append("\"reasoning_content\":\"").append(text).append("\"").append(tail_);
}

OCX_DECL void chat_stream::open_call(output_item const& call)
{
    std::string opened;
    json::writer w(opened);
    if (plan_.wants_legacy_function_call) {
        w.key("function_call").begin_object().member("name", std::string_view(call.name));
        w.member("arguments", "").end_object();
    } else {
        auto const kind = reply_detail::call_member(plan_, call);
        w.key("tool_calls").begin_array().begin_object();
        w.member("index", static_cast<std::int64_t>(call.call_index)).member("id", std::string_view(call.call_id));
        w.member("type", kind).key(kind).begin_object().member("name", std::string_view(call.name));
        w.member(reply_detail::text_member(plan_, call), "").end_object().end_object().end_array();
    }
    if (has_role_)
        chunk(opened);
    else
        open("\"content\":null," + opened + ",\"refusal\":null");
}

OCX_DECL void chat_stream::call_text(output_item const& call, std::string_view text)
{
    if (plan_.wants_legacy_function_call) {
        out_->append(prefix_).append("\"function_call\":{\"arguments\":\"").append(text);
        out_->append("\"}").append(tail_);
        return;
    }
    out_->append(prefix_).append("\"tool_calls\":[{\"index\":").append(std::to_string(call.call_index));
    out_->append(",\"")
        .append(reply_detail::call_member(plan_, call))
        .append("\":{\"")
        .append(reply_detail::text_member(plan_, call));
    out_->append("\":\"").append(text).append("\"}}]").append(tail_);
}

OCX_DECL void chat_stream::annotations(std::string_view array)
{
    open(R"("content":"","refusal":null)");
    std::string delta = "\"content\":\"\",\"annotations\":";
    chunk(delta.append(array));
}

OCX_DECL void chat_stream::finish(std::string_view reason)
{
    open(R"("content":"","refusal":null)");
    chunk("", ",\"logprobs\":null,\"finish_reason\":" + json::quoted(reason));
}

OCX_DECL void chat_stream::close(std::string_view, std::optional<token_usage> const& usage)
{
    if (plan_.has_usage_chunk && usage) {
        auto json = reply_detail::chunk_head(who_) + "[],\"usage\":";
        json::writer usage_writer(json);
        write_chat_usage(usage_writer, *usage);
        json.push_back('}');
        sse::append_data(*out_, json);
    }
    sse::append_done(*out_);
}

OCX_DECL void chat_stream::fail(failure const& why)
{
    sse::append_data(*out_, protocol::error_body(why));
}

} // namespace ocx::translate
