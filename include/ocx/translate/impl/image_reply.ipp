// Bodies of image_reply.hpp.
#pragma once

#include "ocx/translate/image_reply.hpp"

#include "ocx/sse/encoder.hpp"
#include "ocx/translate/image_event.hpp"
#include "ocx/util/json.hpp"

namespace ocx::translate {

namespace reply_detail {

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
    auto const write_word = [&](char const* name, std::initializer_list<std::string_view> words) {
        if (auto const word = word_or((*root)[name], words, {}); !word.empty())
            out.member(name, word);
    };
    write_word("background", {"transparent", "opaque"});
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
    write_word("quality", {"low", "medium", "high"});
    write_word("size", {"1024x1024", "1024x1536", "1536x1024"});
    if ((*root)["usage"].is_object()) {
        out.key("usage");
        write_image_usage(out, (*root)["usage"]);
    }
    out.end_object();
    return text;
}

OCX_DECL outcome<std::string> images_events(image_plan const& plan, std::string_view upstream, std::int64_t now)
{
    auto const root = reply_detail::images_of(upstream);
    if (!root)
        return root.error();
    auto const type = image_event_type(plan.is_edit, "completed");
    image_facts facts;
    facts.background = (*root)["background"];
    facts.quality = (*root)["quality"];
    facts.size = (*root)["size"];
    std::string records;
    records.reserve(upstream.size() + 512);
    for (auto const image : (*root)["data"].elements()) {
        facts.data = image["b64_json"];
        if (!facts.data.is_string())
            continue;
        std::string text;
        json::writer out(text);
        begin_image_event(out, type, facts, reply_detail::created_of(*root, now));
        out.key("usage");
        write_image_usage(out, (*root)["usage"]);
        out.end_object();
        sse::append_event(records, type, text);
    }
    return records;
}

} // namespace ocx::translate
