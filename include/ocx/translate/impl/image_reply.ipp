// Bodies of image_reply.hpp.
#pragma once

#include "ocx/translate/image_reply.hpp"

#include "ocx/sse/encoder.hpp"
#include "ocx/util/json.hpp"

#include <algorithm>
#include <initializer_list>

namespace ocx::translate {

namespace reply_detail {

inline bool is_one_of(json::view value, std::initializer_list<std::string_view> words)
{
    return std::any_of(words.begin(), words.end(), [value](auto word) { return value.equals(word); });
}

inline outcome<json::view> images_of(std::string_view upstream)
{
    if (!json::validate(upstream)) {
        auto const root = json::view::trusted(upstream);
        for (auto const image : root["data"].elements()) {
            if (image["b64_json"].is_string())
                return root;
        }
    }
    return failure(errc::protocol_error, "The Codex backend answered without an image.");
}

inline std::int64_t created_of(json::view root, std::int64_t now)
{
    auto const number = root["created"].number();
    return number && *number > 0 && *number < 1e15 ? static_cast<std::int64_t>(*number) : now;
}

/// ImagesResponse.usage: every count, zero where upstream has none.
inline void write_image_usage(json::writer& out, json::view given)
{
    auto const count = [](json::view object, std::string_view name) {
        return std::max<std::int64_t>(object[name].integer().value_or(0), 0);
    };
    auto const input = count(given, "input_tokens");
    auto const output = count(given, "output_tokens");
    auto const details = given["input_tokens_details"];
    out.begin_object().member("input_tokens", input).key("input_tokens_details").begin_object();
    out.member("image_tokens", count(details, "image_tokens"));
    out.member("text_tokens", details.is_object() ? count(details, "text_tokens") : input).end_object();
    out.member("output_tokens", output);
    out.member("total_tokens", std::max(count(given, "total_tokens"), input + output)).end_object();
}

} // namespace reply_detail

OCX_DECL outcome<std::string> images_document(std::string_view upstream, std::int64_t now)
{
    auto const root = reply_detail::images_of(upstream);
    if (!root)
        return root.error();
    std::string text;
    text.reserve(upstream.size() + 256);
    json::writer out(text);
    out.begin_object().member("created", reply_detail::created_of(*root, now));
    if (reply_detail::is_one_of((*root)["background"], {"transparent", "opaque"}))
        out.member("background", (*root)["background"]);
    out.key("data").begin_array();
    for (auto const image : (*root)["data"].elements()) {
        if (!image["b64_json"].is_string())
            continue;
        out.begin_object().member("b64_json", image["b64_json"]);
        if (image["revised_prompt"].is_string())
            out.member("revised_prompt", image["revised_prompt"]);
        out.end_object();
    }
    out.end_array().member("output_format", "png");
    if (reply_detail::is_one_of((*root)["quality"], {"low", "medium", "high"}))
        out.member("quality", (*root)["quality"]);
    if (reply_detail::is_one_of((*root)["size"], {"1024x1024", "1024x1536", "1536x1024"}))
        out.member("size", (*root)["size"]);
    if ((*root)["usage"].is_object()) {
        out.key("usage");
        reply_detail::write_image_usage(out, (*root)["usage"]);
    }
    out.end_object();
    return text;
}

OCX_DECL outcome<std::string> images_events(image_plan const& plan, std::string_view upstream, std::int64_t now)
{
    auto const root = reply_detail::images_of(upstream);
    if (!root)
        return root.error();
    auto const word_or_auto = [&](char const* name, std::initializer_list<std::string_view> words) {
        return reply_detail::is_one_of((*root)[name], words) ? (*root)[name].string_or("auto") : std::string("auto");
    };
    std::string const type = plan.is_edit ? "image_edit.completed" : "image_generation.completed";
    std::string records;
    records.reserve(upstream.size() + 512);
    for (auto const image : (*root)["data"].elements()) {
        if (!image["b64_json"].is_string())
            continue;
        std::string text;
        json::writer out(text);
        out.begin_object().member("type", std::string_view(type)).member("b64_json", image["b64_json"]);
        out.member("background", std::string_view(word_or_auto("background", {"transparent", "opaque"})));
        out.member("created_at", reply_detail::created_of(*root, now)).member("output_format", "png");
        out.member("quality", std::string_view(word_or_auto("quality", {"low", "medium", "high"})));
        out.member("size", std::string_view(word_or_auto("size", {"1024x1024", "1024x1536", "1536x1024"})));
        out.key("usage");
        reply_detail::write_image_usage(out, (*root)["usage"]);
        out.end_object();
        sse::append_event(records, type, text);
    }
    return records;
}

} // namespace ocx::translate
