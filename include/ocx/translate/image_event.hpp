// What the replies about images have in common: the words of the API's enums, the counts of tokens, and the members of
// an event. The backend uses other words than the API at times, and strict clients reject those.
#pragma once

#include "ocx/util/json.hpp"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace ocx::translate {

/// One image as the backend told of it. Every view may be absent.
struct image_facts {
    json::view data; ///< base64 text
    json::view background;
    json::view quality;
    json::view size;
    json::view output_format;
};

/// `said` when it is one of the words, else `otherwise`.
[[nodiscard]] inline std::string_view word_or(json::view said, std::initializer_list<std::string_view> words,
                                              std::string_view otherwise)
{
    auto const at = std::find_if(words.begin(), words.end(), [said](auto word) { return said.equals(word); });
    return at == words.end() ? otherwise : *at;
}

/// The format of an image: the backend's word, else what its first bytes look like, else PNG, which is what the backend
/// draws when nothing else was asked for.
[[nodiscard]] inline std::string_view format_of(image_facts const& image)
{
    if (auto const word = word_or(image.output_format, {"png", "jpeg", "webp"}, {}); !word.empty())
        return word;
    auto const start = image.data.escaped();
    if (start.starts_with("/9j/") || start.starts_with(R"(\/9j)")) // some writers of JSON escape the slash
        return "jpeg";
    return start.starts_with("UklGR") ? "webp" : "png";
}

/// ImagesResponse.usage: every count, zero where upstream has none.
inline void write_image_usage(json::writer& out, json::view given)
{
    auto const count = [](json::view object, std::string_view name) {
        constexpr std::int64_t too_many = 1'000'000'000'000'000; // their sum must fit
        return std::clamp<std::int64_t>(object[name].integer().value_or(0), 0, too_many);
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

/// "image_generation.completed" and so on; `what` is the last word.
[[nodiscard]] inline std::string image_event_type(bool is_edit, std::string_view what)
{
    return (is_edit ? "image_edit." : "image_generation.") + std::string(what);
}

/// An event's members but for those that only one kind of event has. The object stays open.
inline void begin_image_event(json::writer& out, std::string_view type, image_facts const& image,
                              std::int64_t created_at)
{
    out.begin_object().member("type", type).member("b64_json", image.data);
    out.member("background", word_or(image.background, {"transparent", "opaque"}, "auto"));
    out.member("created_at", created_at).member("output_format", format_of(image));
    out.member("quality", word_or(image.quality, {"low", "medium", "high"}, "auto"));
    out.member("size", word_or(image.size, {"1024x1024", "1024x1536", "1536x1024"}, "auto"));
}

} // namespace ocx::translate
