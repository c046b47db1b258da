// Bodies of stored_reply.hpp.
#pragma once

#include "ocx/translate/stored_reply.hpp"

#include "ocx/translate/member_edits.hpp"
#include "ocx/translate/plan.hpp"
#include "ocx/translate/request_errors.hpp"
#include "ocx/translate/responses_relay.hpp"
#include "ocx/util/json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace ocx::translate {

namespace detail {

inline failure wrong_query_value(std::string_view name, std::string_view value, std::string_view expected)
{
    return bad_request("Invalid value: '" + std::string(value) + "'. Supported values are: " + std::string(expected) +
                           ".",
                       name, "invalid_value");
}

inline outcome<bool> query_flag(query_list const& query, std::string_view name, bool otherwise)
{
    auto const value = query_value(query, name);
    if (!value)
        return otherwise;
    if (*value == "true" || *value == "false")
        return *value == "true";
    return wrong_query_value(name, *value, "'true' and 'false'");
}

inline outcome<std::uint64_t> skipped_by(query_list const& query)
{
    auto const value = query_value(query, "starting_after");
    if (!value)
        return std::uint64_t{0};
    std::uint32_t number = 0;
    auto const* const end = value->data() + value->size();
    auto const read = std::from_chars(value->data(), end, number);
    if (read.ec != std::errc() || read.ptr != end)
        return bad_request("Invalid type for 'starting_after': expected a sequence number.", "starting_after",
                           "invalid_type");
    return std::uint64_t{number} + 1;
}

/// The `output` of a document with the encrypted content of its reasoning taken out.
inline std::string without_secrets(json::view output)
{
    std::string out = "[";
    for (auto const item : output.elements()) {
        member_edits edits;
        if (item["type"].equals("reasoning"))
            edits.remove("encrypted_content");
        std::string text;
        out.append(out.size() > 1 ? "," : "").append(edits.apply(item, text) ? std::string_view(text) : item.raw());
    }
    return out + ']';
}

/// One record, `event: x\ndata: {...}\n\n`, without the padding of its delta.
inline void append_plain(std::string& out, std::string_view record)
{
    constexpr std::string_view mark = "\ndata: ";
    auto const at = record.find(mark);
    if (record.find("\"obfuscation\"") == std::string_view::npos || at == std::string_view::npos) {
        out.append(record);
        return;
    }
    auto const begin = at + mark.size();
    member_edits edits;
    edits.remove("obfuscation");
    std::string text;
    if (!edits.apply(json::view::trusted(record.substr(begin, record.size() - begin - 2)), text)) {
        out.append(record);
        return;
    }
    out.append(record.substr(0, begin)).append(text).append("\n\n");
}

} // namespace detail

OCX_DECL outcome<retrieval> read_retrieval(query_list const& query)
{
    constexpr std::array<std::string_view, 8> known = {"file_search_call.results",
                                                       "web_search_call.results",
                                                       "web_search_call.action.sources",
                                                       "message.input_image.image_url",
                                                       "computer_call_output.output.image_url",
                                                       "code_interpreter_call.outputs",
                                                       "reasoning.encrypted_content",
                                                       "message.output_text.logprobs"};
    retrieval wanted;
    for (auto const& value : query_values(query, "include")) {
        if (std::find(known.begin(), known.end(), value) == known.end()) {
            std::string names;
            for (auto const name : known)
                names.append(names.empty() ? "'" : ", '").append(name).append("'");
            return detail::wrong_query_value("include", value, names);
        }
        wanted.wants_encrypted_reasoning = wanted.wants_encrypted_reasoning || value == "reasoning.encrypted_content";
    }
    auto const is_stream = detail::query_flag(query, "stream", false);
    auto const has_padding = detail::query_flag(query, "include_obfuscation", true);
    auto const skipped = detail::skipped_by(query);
    if (!is_stream)
        return is_stream.error();
    if (!has_padding)
        return has_padding.error();
    if (!skipped)
        return skipped.error();
    wanted.is_stream = *is_stream;
    wanted.strips_obfuscation = !*has_padding;
    wanted.skipped_events = *skipped;
    return wanted;
}

OCX_DECL std::string shown_document(std::string document, retrieval const& wanted)
{
    if (wanted.wants_encrypted_reasoning || document.find("\"encrypted_content\"") == std::string::npos)
        return document;
    auto const whole = json::view::trusted(document);
    member_edits edits;
    edits.set("output", detail::without_secrets(whole["output"]));
    std::string shown;
    return edits.apply(whole, shown) ? shown : document;
}

OCX_DECL std::string events_of(std::string_view document, retrieval const& wanted)
{
    call_plan plan;
    plan.is_stream = true;
    plan.wants_encrypted_reasoning = wanted.wants_encrypted_reasoning;
    auto const response = json::view::trusted(document);
    auto const status = response["status"].string_or("");
    auto const* const end = status == "completed"    ? "response.completed"
                            : status == "incomplete" ? "response.incomplete"
                                                     : "response.failed";
    responses_relay relay(plan, 0);
    std::string out;
    for (std::string const type : {"response.created", "response.in_progress", end}) {
        auto const event = "{\"type\":\"" + type + "\",\"response\":" + std::string(document) + '}';
        relay.on_event(type, event, out);
    }
    return out;
}

OCX_DECL void record_filter::apply(std::string& records)
{
    constexpr std::string_view end_mark = "\n\n";
    std::size_t begin = 0;
    for (; skipped_ > 0 && begin < records.size(); --skipped_) {
        auto const end = records.find(end_mark, begin);
        begin = end == std::string::npos ? records.size() : end + end_mark.size();
    }
    records.erase(0, begin);
    if (!strips_obfuscation_)
        return;
    std::string out;
    std::string_view rest = records;
    while (!rest.empty()) {
        auto const end = rest.find(end_mark);
        auto const size = end == std::string_view::npos ? rest.size() : end + end_mark.size();
        detail::append_plain(out, rest.substr(0, size));
        rest.remove_prefix(size);
    }
    records = std::move(out);
}

} // namespace ocx::translate
