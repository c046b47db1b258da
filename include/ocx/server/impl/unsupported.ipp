// Bodies of server/unsupported.hpp: the families of endpoints, from the methods of openai-python 3.54.0.
#pragma once

#include "ocx/server/unsupported.hpp"

#include <array>

namespace ocx::server {

namespace detail {

/// `/v1/<family>` and what is below it, or only `/v1/<family>/<resource>`; "*" is any resource.
struct unsupported_row {
    std::string_view method; ///< empty: all
    std::string_view family;
    std::string_view resource;
    std::string_view what; ///< with its verb: "Embeddings are"
    std::string_view advice;
};

inline constexpr std::string_view use_the_platform = "use the OpenAI API with an API key";
inline constexpr std::string_view send_it_inline =
    "put the file into the request itself, as an input_file with file_data";

inline constexpr std::array unsupported_table{
    unsupported_row{"", "embeddings", "", "Embeddings are",
                    "use the OpenAI API with an API key, or a local embedding model"},
    unsupported_row{"", "moderations", "", "Moderation is",
                    "have a model classify the text, or use the OpenAI API with an API key"},
    unsupported_row{"", "audio", "speech", "Speech is", "use the OpenAI API with an API key, or a local voice"},
    unsupported_row{"", "audio", "translations", "Translation of audio is",
                    "use the OpenAI API with an API key, or have a model translate a transcription"},
    unsupported_row{"", "audio", "voices", "Custom voices are", use_the_platform},
    unsupported_row{"", "audio", "voice_consents", "Custom voices are", use_the_platform},
    unsupported_row{"", "images", "variations", "Variations of images are",
                    "edit the image, with a prompt that says what may differ"},
    unsupported_row{"", "files", "", "Stored files are", send_it_inline},
    unsupported_row{"", "uploads", "", "Uploads are", send_it_inline},
    unsupported_row{"", "vector_stores", "", "Vector stores and file search are",
                    "search on your side and put what was found into the request"},
    unsupported_row{"", "batches", "", "Batches are", "send their requests one by one"},
    unsupported_row{"", "fine_tuning", "", "Fine-tuning is", use_the_platform},
    unsupported_row{"", "fine-tunes", "", "Fine-tuning is", use_the_platform},
    unsupported_row{"", "assistants", "", "Assistants are", "use /v1/responses"},
    unsupported_row{"", "threads", "", "Threads of assistants are", "use /v1/responses"},
    unsupported_row{"", "agents", "", "Hosted agents are", "use /v1/responses"},
    unsupported_row{"", "vaults", "", "Vaults of hosted agents are", use_the_platform},
    unsupported_row{"", "evals", "", "Evals are", use_the_platform},
    unsupported_row{"", "containers", "", "Containers and the code interpreter are",
                    "run code on your side, as a tool that the model calls"},
    unsupported_row{"", "realtime", "", "The Realtime API is", use_the_platform},
    unsupported_row{"", "live", "", "Live sessions are", use_the_platform},
    unsupported_row{"", "videos", "", "Videos are", use_the_platform},
    unsupported_row{"", "skills", "", "Hosted skills are", "put the instructions into the request"},
    unsupported_row{"", "chatkit", "", "ChatKit is", use_the_platform},
    unsupported_row{"", "decisions", "", "Decisions are", use_the_platform},
    unsupported_row{"", "content_provenance_checks", "", "Checks of provenance are", use_the_platform},
    unsupported_row{"", "safety", "", "Safety cases are", use_the_platform},
    unsupported_row{"", "organization", "", "The administration of organizations is", use_the_platform},
    unsupported_row{"", "projects", "", "The administration of projects is", use_the_platform},
    unsupported_row{"", "webhook_endpoints", "", "Webhooks are", "ask for the result instead"},
    unsupported_row{"", "webhook_event_types", "", "Webhooks are", "ask for the result instead"},
    unsupported_row{"DELETE", "models", "*", "Models of your own are",
                    "there is nothing to delete; GET /v1/models lists what there is"},
};

inline bool covers(unsupported_row const& row, std::string_view method, std::vector<std::string> const& segments)
{
    if (segments.size() < 2 || segments[0] != "v1" || segments[1] != row.family)
        return false;
    if (!row.method.empty() && row.method != method)
        return false;
    return row.resource.empty() || (segments.size() > 2 && (row.resource == "*" || row.resource == segments[2]));
}

} // namespace detail

OCX_DECL std::optional<failure> unsupported_endpoint(std::string_view method, std::vector<std::string> const& segments)
{
    for (auto const& row : detail::unsupported_table) {
        if (!detail::covers(row, method, segments))
            continue;
        failure f(errc::not_found, std::string(row.what) +
                                       " not part of a ChatGPT plan's Codex access, which is all that "
                                       "this server has to offer: " +
                                       std::string(row.advice) + ".");
        f.status = 404;
        f.type = "invalid_request_error";
        f.code = "unsupported_endpoint";
        return f;
    }
    return std::nullopt;
}

} // namespace ocx::server
