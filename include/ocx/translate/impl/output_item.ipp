// Bodies of output_item.hpp.
#pragma once

#include "ocx/translate/member_edits.hpp"
#include "ocx/translate/output_item.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ocx::translate {

namespace reply_detail {

inline std::string in_quotes(std::string_view escaped)
{
    std::string out;
    out.reserve(escaped.size() + 2);
    out.append("\"").append(escaped).append("\"");
    return out;
}

inline bool is_content(channel c) noexcept
{
    return c != channel::summary;
}

/// The parts of one list, content or summary, as a JSON array.
inline std::string parts_json(output_item const& item, bool content)
{
    std::string out = "[";
    for (auto const& part : item.parts) {
        if (is_content(part.channel) != content)
            continue;
        if (out.size() > 1)
            out.push_back(',');
        out += part_json(part.channel, part.text + part.held, part.annotations);
    }
    return out + ']';
}

inline std::string call_text(output_item const& item)
{
    if (item.parts.empty())
        return "\"\"";
    return in_quotes(item.parts.front().text + item.parts.front().held);
}

/// What every form of an item needs, whatever its state.
inline void edit_common(member_edits& edits, output_item const& known, call_plan const& plan)
{
    edits.set("id", json::quoted(known.id));
    edits.set("type", json::quoted(known.type));
    edits.remove("internal_chat_message_metadata_passthrough");
    edits.remove("safety_buffering");
    if (known.is_message())
        edits.set("role", "\"assistant\"");
    if (known.is_call()) {
        edits.set("call_id", json::quoted(known.call_id));
        edits.set("name", json::quoted(known.name));
    }
    // Reasoning comes back encrypted on every call, because we ask for it; the client sees it only if it asked too.
    if (known.type == "reasoning" && !plan.wants_encrypted_reasoning)
        edits.remove("encrypted_content");
    // Strict clients require `action`, and the backend announces the call before it knows the query.
    if (known.type == "web_search_call")
        edits.supply("action", R"({"type":"search","query":"","queries":[]})");
}

inline bool must_have_status(output_item const& known)
{
    return known.is_message() || known.type == "web_search_call" || known.type == "image_generation_call";
}

inline void supply_status(member_edits& edits, json::view item, char const* status)
{
    if (item["status"].equals(""))
        edits.set("status", status);
    else
        edits.supply("status", status);
}

inline std::string apply_or_copy(member_edits const& edits, json::view object)
{
    std::string out;
    return edits.apply(object, out) ? out : std::string(object.raw());
}

/// The finished content of a message: each output_text part with its annotations.
inline std::string finished_content(output_item const& known, json::view content)
{
    std::string out = "[";
    std::size_t index = 0;
    bool is_changed = false;
    for (auto const part : content.elements()) {
        auto const at = std::find_if(known.parts.begin(), known.parts.end(),
                                     [index](item_part const& p) { return is_content(p.channel) && p.index == index; });
        auto const complete = complete_part(part, at == known.parts.end() ? nullptr : &*at);
        is_changed = is_changed || complete != part.raw();
        if (index++ > 0)
            out.push_back(',');
        out += complete;
    }
    return is_changed ? out + ']' : std::string(content.raw());
}

/// Not every type may be "incomplete": strict clients check the enum.
inline std::string_view cut_status(output_item const& known)
{
    return known.type == "web_search_call" || known.type == "image_generation_call" || known.type == "mcp_call" ||
                   known.type == "file_search_call"
               ? "\"failed\""
               : "\"incomplete\"";
}

} // namespace reply_detail

OCX_DECL channel output_item::call_channel() const noexcept
{
    return type == "function_call"      ? channel::arguments
           : type == "custom_tool_call" ? channel::custom_input
                                        : channel::none;
}

OCX_DECL item_part* output_item::find_part(translate::channel c, std::int64_t wanted)
{
    for (auto& part : parts) {
        if (part.channel == c && part.upstream_index == wanted)
            return &part;
    }
    return nullptr;
}

OCX_DECL std::string_view id_prefix(std::string_view type)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 13> prefixes = {{
        {"call", "call_"}, // not an item: a call_id that upstream forgot
        {"message", "msg_"},
        {"reasoning", "rs_"},
        {"function_call", "fc_"},
        {"function_call_output", "fco_"},
        {"custom_tool_call", "ctc_"},
        {"custom_tool_call_output", "ctco_"},
        {"local_shell_call", "lsh_"},
        {"web_search_call", "ws_"},
        {"image_generation_call", "ig_"},
        {"tool_search_call", "tsc_"},
        {"tool_search_output", "tso_"},
        {"compaction", "cmp_"},
    }};
    auto const at =
        std::find_if(prefixes.begin(), prefixes.end(), [type](auto const& row) { return row.first == type; });
    return at == prefixes.end() ? "item_" : at->second;
}

OCX_DECL std::string part_json(channel c, std::string_view escaped_text, std::string_view annotations)
{
    auto const spelling = spelling_of(c);
    std::string out = "{\"type\":\"";
    out.append(spelling.part_type).append("\",");
    if (c == channel::text)
        out.append("\"annotations\":[").append(annotations).append("],\"logprobs\":[],");
    out.append("\"").append(spelling.text_member).append("\":\"").append(escaped_text).append("\"}");
    return out;
}

OCX_DECL std::string complete_part(json::view part, item_part const* known)
{
    if (!part["type"].equals("output_text"))
        return std::string(part.raw());
    member_edits edits;
    // The backend often sends annotations as events only and leaves the list of the finished part empty.
    auto const collected = known == nullptr ? std::string("[]") : '[' + known->annotations + ']';
    if (!part["annotations"].is_array() || (part["annotations"].size() == 0 && part["annotations"].raw() != collected))
        edits.set("annotations", collected);
    edits.supply("logprobs", "[]");
    edits.supply("text", known == nullptr ? std::string("\"\"") : reply_detail::in_quotes(known->text));
    return reply_detail::apply_or_copy(edits, part);
}

OCX_DECL std::string announced_json(output_item const& known, json::view item, call_plan const& plan)
{
    member_edits edits;
    reply_detail::edit_common(edits, known, plan);
    if (known.is_message())
        edits.set("content", "[]");
    if (known.type == "reasoning")
        edits.set("summary", "[]");
    if (known.type == "function_call")
        edits.set("arguments", "\"\"");
    if (known.type == "custom_tool_call")
        edits.set("input", "\"\"");
    if (known.type == "image_generation_call" && item["result"].has_value())
        edits.set("result", "null");
    // The finished form of an item that was never announced is all there is to announce it with.
    if ((reply_detail::must_have_status(known) || known.is_call()) && item["status"].equals("completed"))
        edits.set("status", "\"in_progress\"");
    else if (reply_detail::must_have_status(known))
        reply_detail::supply_status(edits, item, "\"in_progress\"");
    return reply_detail::apply_or_copy(edits, item);
}

OCX_DECL std::string finished_json(output_item const& known, json::view item, call_plan const& plan)
{
    member_edits edits;
    reply_detail::edit_common(edits, known, plan);
    if (known.is_message()) {
        auto const content = item["content"];
        edits.set("content", !content.is_array() || content.size() == 0
                                 ? reply_detail::parts_json(known, true)
                                 : reply_detail::finished_content(known, content));
    }
    if (known.type == "reasoning")
        edits.supply("summary", reply_detail::parts_json(known, false));
    if (known.type == "function_call")
        edits.supply("arguments", reply_detail::call_text(known));
    if (known.type == "custom_tool_call")
        edits.supply("input", reply_detail::call_text(known));
    if (reply_detail::must_have_status(known))
        reply_detail::supply_status(edits, item, "\"completed\"");
    return reply_detail::apply_or_copy(edits, item);
}

OCX_DECL std::string unfinished_json(output_item const& known)
{
    member_edits edits;
    edits.set("status", std::string(reply_detail::cut_status(known)));
    if (known.is_message())
        edits.set("content", reply_detail::parts_json(known, true));
    if (known.type == "reasoning") {
        edits.set("summary", reply_detail::parts_json(known, false));
        auto const content = reply_detail::parts_json(known, true);
        if (content != "[]")
            edits.set("content", content);
    }
    if (known.type == "function_call")
        edits.set("arguments", reply_detail::call_text(known));
    if (known.type == "custom_tool_call")
        edits.set("input", reply_detail::call_text(known));
    return reply_detail::apply_or_copy(edits, json::view::trusted(known.json));
}

} // namespace ocx::translate
