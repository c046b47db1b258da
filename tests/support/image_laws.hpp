// What the SDKs' types demand of a stream of images, as one function that reads the bytes a client got and reports
// every breach.
#pragma once

#include "support/sse_text.hpp"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::test {

class image_judge {
public:
    image_judge(std::string_view bytes, std::int64_t most_partial) : most_partial_(most_partial)
    {
        for (auto const& record : split_records(bytes, violations_)) {
            check(!is_over_, "nothing follows the end");
            auto const event = parse_json(record.data);
            if (has_member(event, "error"))
                on_error(event, record.name);
            else
                on_event(event, record.name);
        }
        check(is_over_, "the stream has an end");
    }

    [[nodiscard]] std::vector<std::string> const& violations() const noexcept { return violations_; }

private:
    void check(bool holds, std::string const& law)
    {
        if (!holds)
            violations_.push_back(law);
    }

    void check_word(bj::value const& event, std::string_view name, std::initializer_list<std::string_view> words)
    {
        auto const said = text_at(event, {name});
        check(std::find(words.begin(), words.end(), said) != words.end(),
              std::string(name) + " is a word of the API, not " + said);
    }

    void on_error(bj::value const& record, std::string const& name)
    {
        check(name.empty(), "an error has no event field");
        for (auto const* key : {"message", "type", "param", "code"})
            check(has_member(member_at(record, {"error"}), key), "errors have all four keys");
        is_over_ = true;
    }

    void on_event(bj::value const& event, std::string const& name)
    {
        auto const type = text_at(event, {"type"});
        check(type == name, "the event field has the type");
        check(!text_at(event, {"b64_json"}).empty(), "there is an image");
        check(member_at(event, {"created_at"}).is_int64(), "created_at is an integer");
        check_word(event, "background", {"transparent", "opaque", "auto"});
        check_word(event, "output_format", {"png", "webp", "jpeg"});
        check_word(event, "quality", {"low", "medium", "high", "auto"});
        check_word(event, "size", {"1024x1024", "1024x1536", "1536x1024", "auto"});
        if (type == "image_generation.partial_image") {
            auto const index = number_at(event, {"partial_image_index"});
            check(index >= 0 && index < most_partial_, "the index is below what was asked for");
            check(seen_.insert(index).second, "an index comes once");
            return;
        }
        check(type == "image_generation.completed", "the type is one of two");
        for (auto const* count : {"input_tokens", "output_tokens", "total_tokens"})
            check(number_at(event, {"usage", count}) >= 0, "usage has every count");
        for (auto const* count : {"image_tokens", "text_tokens"})
            check(number_at(event, {"usage", "input_tokens_details", count}) >= 0, "usage has every detail");
        is_over_ = true;
    }

    std::int64_t most_partial_;
    std::vector<std::string> violations_;
    std::set<std::int64_t> seen_;
    bool is_over_ = false;
};

/// `most_partial`: how many partial images the client asked for.
inline std::vector<std::string> judge_images(std::string_view bytes, std::int64_t most_partial)
{
    return image_judge(bytes, most_partial).violations();
}

} // namespace ocx::test
