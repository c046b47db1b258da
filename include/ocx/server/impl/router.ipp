// Bodies of server/router.hpp: the table of endpoints and its matcher.
#pragma once

#include "ocx/server/router.hpp"

#include "ocx/server/codex_paths.hpp"
#include "ocx/server/unsupported.hpp"
#include "ocx/util/headers.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace ocx::server {

namespace detail {

/// A pattern's segment is literal, `{}` for one segment, or a final `{...}` for the rest of the path: model names such
/// as `org/model` arrive with the slash encoded or as it is.
struct route_row {
    std::string_view method;
    std::string_view pattern;
    endpoint id;
};

inline constexpr std::array route_table{
    route_row{"POST", "/v1/responses", endpoint::create_response},
    route_row{"POST", "/v1/responses/compact", endpoint::compact_response},
    route_row{"POST", "/v1/responses/input_tokens", endpoint::count_response_input},
    route_row{"POST", "/v1/responses/{}/cancel", endpoint::cancel_response},
    route_row{"GET", "/v1/responses/{}", endpoint::retrieve_response},
    route_row{"DELETE", "/v1/responses/{}", endpoint::delete_response},
    route_row{"GET", "/v1/responses/{}/input_items", endpoint::list_response_input},
    route_row{"POST", "/v1/chat/completions", endpoint::create_chat_completion},
    route_row{"GET", "/v1/chat/completions", endpoint::list_chat_completions},
    route_row{"GET", "/v1/chat/completions/{}", endpoint::retrieve_chat_completion},
    route_row{"POST", "/v1/chat/completions/{}", endpoint::update_chat_completion},
    route_row{"DELETE", "/v1/chat/completions/{}", endpoint::delete_chat_completion},
    route_row{"GET", "/v1/chat/completions/{}/messages", endpoint::list_chat_messages},
    route_row{"POST", "/v1/completions", endpoint::create_completion},
    route_row{"POST", "/v1/images/generations", endpoint::generate_image},
    route_row{"POST", "/v1/images/edits", endpoint::edit_image},
    route_row{"POST", "/v1/audio/transcriptions", endpoint::transcribe},
    route_row{"POST", "/v1/conversations", endpoint::create_conversation},
    route_row{"GET", "/v1/conversations/{}", endpoint::retrieve_conversation},
    route_row{"POST", "/v1/conversations/{}", endpoint::update_conversation},
    route_row{"DELETE", "/v1/conversations/{}", endpoint::delete_conversation},
    route_row{"POST", "/v1/conversations/{}/items", endpoint::create_conversation_items},
    route_row{"GET", "/v1/conversations/{}/items", endpoint::list_conversation_items},
    route_row{"GET", "/v1/conversations/{}/items/{}", endpoint::retrieve_conversation_item},
    route_row{"DELETE", "/v1/conversations/{}/items/{}", endpoint::delete_conversation_item},
    route_row{"GET", "/v1/models", endpoint::list_models},
    route_row{"GET", "/v1/models/{...}", endpoint::retrieve_model},
    route_row{"GET", "/healthz", endpoint::health},
    route_row{"HEAD", "/healthz", endpoint::health},
    route_row{"GET", "/readyz", endpoint::ready},
    route_row{"HEAD", "/readyz", endpoint::ready},
    route_row{"GET", "/metrics", endpoint::metrics},
};

/// There with path_sets::has_codex only.
inline constexpr std::array codex_route_table{
    route_row{"GET", "/backend-api/wham/usage", endpoint::codex_usage},
    route_row{"GET", "/api/codex/usage", endpoint::codex_usage},
    route_row{"GET", "/backend-api/wham/accounts/check", endpoint::codex_account},
};

inline int hex_value(char c) noexcept
{
    if (c >= '0' && c <= '9')
        return c - '0';
    auto const lower = ascii_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

enum class plus_sign : std::uint8_t { literal, space };

/// nullopt: a percent sign without two hexadecimal digits.
inline std::optional<std::string> percent_decode(std::string_view text, plus_sign plus)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus == plus_sign::space) {
            out += ' ';
            continue;
        }
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (text.size() - i < 3 || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0)
            return std::nullopt;
        out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
        i += 2;
    }
    return out;
}

/// Cuts the text before the next `at` off the front of `rest`; false when nothing is left.
inline bool next_piece(std::string_view& rest, bool& has_more, char at, std::string_view& piece)
{
    if (!has_more)
        return false;
    auto const end = rest.find(at);
    has_more = end != std::string_view::npos;
    piece = rest.substr(0, end);
    rest = has_more ? rest.substr(end + 1) : std::string_view();
    return true;
}

/// A decoded segment that no file system, proxy or later parser could read as a step elsewhere.
inline bool is_plain_segment(std::string_view decoded)
{
    auto const is_bad = [](char c) {
        auto const u = static_cast<unsigned char>(c);
        return u < 0x20 || u == 0x7f || c == '\\' || c == ';';
    };
    if (std::any_of(decoded.begin(), decoded.end(), is_bad))
        return false;
    std::string_view rest = decoded;
    std::string_view piece;
    for (bool more = true; next_piece(rest, more, '/', piece);)
        if (piece.empty() || piece == "." || piece == "..")
            return false;
    return true;
}

/// Methods that are passed on: those of APIs.
inline bool is_passed_method(std::string_view method) noexcept
{
    constexpr std::array<std::string_view, 5> methods = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    return std::find(methods.begin(), methods.end(), method) != methods.end();
}

enum class path_verdict : std::uint8_t { fine, undecodable, suspicious };

struct split_path {
    path_verdict verdict = path_verdict::fine;
    std::vector<std::string> segments; ///< decoded
};

inline split_path split_segments(std::string_view path)
{
    split_path out;
    std::string_view rest = path.substr(1);
    std::string_view piece;
    for (bool more = true; next_piece(rest, more, '/', piece);) {
        auto decoded = percent_decode(piece, plus_sign::literal);
        if (!decoded || !is_plain_segment(*decoded)) {
            out.verdict = decoded ? path_verdict::suspicious : path_verdict::undecodable;
            return out;
        }
        out.segments.push_back(std::move(*decoded));
    }
    return out;
}

/// The parameters when `segments` fit the pattern. A decoded slash can never stand in for one of the pattern's own.
inline std::optional<std::vector<std::string>> match(std::string_view pattern, std::vector<std::string> const& segments)
{
    std::vector<std::string> parameters;
    std::string_view rest = pattern.substr(1);
    std::string_view piece;
    std::size_t at = 0;
    for (bool more = true; next_piece(rest, more, '/', piece); ++at) {
        if (at >= segments.size())
            return std::nullopt;
        if (piece == "{...}") {
            std::string tail = segments[at];
            for (++at; at < segments.size(); ++at)
                tail += '/' + segments[at];
            parameters.push_back(std::move(tail));
            return parameters;
        }
        if (piece == "{}")
            parameters.push_back(segments[at]);
        else if (piece != segments[at])
            return std::nullopt;
    }
    if (at != segments.size())
        return std::nullopt;
    return parameters;
}

inline std::optional<query_list> split_query(std::string_view query)
{
    query_list out;
    std::string_view piece;
    for (bool more = true; next_piece(query, more, '&', piece);) {
        if (piece.empty())
            continue;
        auto const equals = piece.find('=');
        auto name = percent_decode(piece.substr(0, equals), plus_sign::space);
        auto const raw_value = equals == std::string_view::npos ? std::string_view() : piece.substr(equals + 1);
        auto value = percent_decode(raw_value, plus_sign::space);
        if (!name || !value)
            return std::nullopt;
        out.emplace_back(std::move(*name), std::move(*value));
    }
    return out;
}

inline failure bad_target(char const* why)
{
    failure f(errc::invalid_request, why);
    f.status = 400;
    f.type = "invalid_request_error";
    return f;
}

inline failure unknown_url(std::string_view method, std::string_view path)
{
    static constexpr std::size_t shown = 256; // the client knows what it sent; the log need not repeat 16 KB of it
    std::string text = "Invalid URL (" + std::string(method) + ' ';
    text += path.substr(0, shown);
    text += path.size() > shown ? "...)" : ")";
    failure f(errc::not_found, std::move(text));
    f.status = 404;
    f.type = "invalid_request_error";
    f.code = "unknown_url";
    return f;
}

inline failure not_allowed(std::string_view method, std::string_view path, std::string allowed)
{
    failure f(errc::invalid_request, "Not allowed to " + std::string(method) + " on " + std::string(path) + '.');
    f.status = 405;
    f.type = "invalid_request_error";
    f.code = "method_not_supported";
    f.headers.emplace_back("allow", std::move(allowed));
    return f;
}

} // namespace detail

OCX_DECL outcome<route> find_route(std::string_view method, std::string_view target, path_sets sets)
{
    auto const question = target.find('?');
    auto const raw_path = target.substr(0, question);
    if (!raw_path.starts_with('/'))
        return detail::unknown_url(method, raw_path);
    auto path = detail::split_segments(raw_path);
    if (path.verdict == detail::path_verdict::undecodable)
        return detail::bad_target("The path of the URL has a broken percent-encoding.");
    if (path.verdict == detail::path_verdict::suspicious)
        return detail::unknown_url(method, raw_path);
    if (sets.has_codex)
        use_documented_names(path.segments);

    std::string allowed;
    std::optional<route> found;
    auto const look_at = [&](detail::route_row const& row) {
        auto parameters = detail::match(row.pattern, path.segments);
        if (parameters && row.method == method) {
            found.emplace();
            found->id = row.id;
            found->parameters = std::move(*parameters);
        } else if (parameters) {
            allowed += allowed.empty() ? "" : ", ";
            allowed += row.method;
        }
        return found.has_value();
    };
    bool const is_there =
        std::any_of(detail::route_table.begin(), detail::route_table.end(), look_at) ||
        (sets.has_codex && std::any_of(detail::codex_route_table.begin(), detail::codex_route_table.end(), look_at));
    if (is_there) {
        auto query = detail::split_query(question == std::string_view::npos ? "" : target.substr(question + 1));
        if (!query)
            return detail::bad_target("The query of the URL has a broken percent-encoding.");
        found->query = std::move(*query);
        return *std::move(found);
    }
    if (auto why = unsupported_endpoint(method, path.segments))
        return std::move(*why);
    if (!allowed.empty())
        return detail::not_allowed(method, raw_path, std::move(allowed));
    if (sets.has_pass_through && raw_path.starts_with("/v1/") && detail::is_passed_method(method)) {
        found.emplace();
        found->id = endpoint::pass_through;
        return *std::move(found);
    }
    return detail::unknown_url(method, raw_path);
}

OCX_DECL std::string_view pattern_of(endpoint id)
{
    auto const is_it = [id](detail::route_row const& r) { return r.id == id; };
    if (auto const row = std::find_if(detail::route_table.begin(), detail::route_table.end(), is_it);
        row != detail::route_table.end())
        return row->pattern;
    auto const row = std::find_if(detail::codex_route_table.begin(), detail::codex_route_table.end(), is_it);
    return row == detail::codex_route_table.end() ? std::string_view() : row->pattern;
}

} // namespace ocx::server
