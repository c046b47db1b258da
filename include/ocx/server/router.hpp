// Method and raw request target to endpoint: pure text work, one table, no I/O and no policy. Path parameters are
// decoded after splitting, so an encoded slash stays part of its parameter. Used by the session and by handlers.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"
#include "ocx/util/query.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::server {

enum class endpoint : std::uint8_t {
    create_response,
    compact_response,
    count_response_input,
    cancel_response,
    retrieve_response,
    delete_response,
    list_response_input,
    create_chat_completion,
    create_completion,
    list_chat_completions,
    retrieve_chat_completion,
    update_chat_completion,
    delete_chat_completion,
    list_chat_messages,
    generate_image,
    edit_image,
    transcribe,
    create_conversation,
    retrieve_conversation,
    update_conversation,
    delete_conversation,
    create_conversation_items,
    list_conversation_items,
    retrieve_conversation_item,
    delete_conversation_item,
    list_models,
    retrieve_model,
    health,
    ready,
    metrics,
    codex_usage,
    codex_account,
    pass_through
};

/// Which paths there are besides those of the OpenAI API and our own.
struct path_sets {
    bool has_codex = false;        ///< the Codex CLI's, see codex_paths.hpp
    bool has_pass_through = false; ///< whatever else is below /v1, but for what unsupported.hpp answers
};

/// True for the endpoints that answer without an API key.
[[nodiscard]] constexpr bool is_public(endpoint id) noexcept
{
    return id == endpoint::health || id == endpoint::ready;
}

struct route {
    endpoint id = endpoint::health;
    std::vector<std::string> parameters; ///< in the order of the path
    query_list query;                    ///< in the order of the target

    bool operator==(route const&) const = default;
};

/// Finds the endpoint for a target in origin form (`/path?query`), which is all that net/http1.hpp lets through; the
/// asterisk form of OPTIONS is no endpoint. Failures: 400 for a target that cannot be decoded, 404 unknown_url, 404
/// unsupported_endpoint (unsupported.hpp), 405 method_not_supported with an `allow` header. Dot segments, empty
/// segments, backslashes, semicolons and control characters, encoded or not, never match anything.
[[nodiscard]] OCX_DECL outcome<route> find_route(std::string_view method, std::string_view target, path_sets sets = {});

/// The path of an endpoint as it is documented, with placeholders.
[[nodiscard]] OCX_DECL std::string_view pattern_of(endpoint id);

} // namespace ocx::server

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/server/impl/router.ipp"
#endif
