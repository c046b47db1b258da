// Bodies of upstream_error.hpp.
#pragma once

#include "ocx/translate/upstream_error.hpp"

#include "ocx/translate/complaint.hpp"
#include "ocx/util/json.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace ocx::translate {

namespace reply_detail {

inline constexpr std::size_t max_quoted_text = 300;

inline std::string_view skip_bom_and_space(std::string_view text)
{
    constexpr std::string_view bom = "\xEF\xBB\xBF";
    if (text.starts_with(bom))
        text.remove_prefix(bom.size());
    auto const at = text.find_first_not_of(" \t\r\n");
    return at == std::string_view::npos ? std::string_view() : text.substr(at);
}

/// Text of a page: tags dropped, white space folded, cut to a length that fits an error message.
inline std::string plain_text(std::string_view page)
{
    std::string out;
    bool is_tag = false;
    for (char const c : page) {
        if (c == '<' || c == '>') {
            is_tag = c == '<';
            continue;
        }
        if (is_tag)
            continue;
        bool const is_space = static_cast<unsigned char>(c) <= ' ';
        if (!is_space)
            out.push_back(c);
        else if (!out.empty() && out.back() != ' ')
            out.push_back(' ');
    }
    while (!out.empty() && out.back() == ' ')
        out.pop_back();
    out = mask_tokens(out);
    if (out.size() > max_quoted_text) {
        auto end = max_quoted_text;
        while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80)
            --end; // not inside a UTF-8 sequence
        out.resize(end);
    }
    return out;
}

inline complaint read_body(std::string_view body, unsigned status)
{
    auto const text = skip_bom_and_space(body);
    if (!json::validate(text)) {
        if (auto read = read_complaint(json::view::trusted(text)))
            return *read;
    }
    complaint c;
    c.message = plain_text(text);
    if (c.message.empty())
        c.message = "upstream returned HTTP " + std::to_string(status);
    return c;
}

inline failure blocked(header_list const& headers)
{
    std::string text = "The network in front of the backend blocked this machine (a Cloudflare page, not an answer of "
                       "the backend). The login is fine; try another network or address.";
    if (auto const* ray = find_header(headers, "cf-ray"))
        text += " cf-ray: " + mask_tokens(*ray) + '.';
    failure f(errc::upstream_refused, std::move(text));
    f.status = 403;
    f.type = "permission_error";
    f.code = "upstream_blocked";
    return f;
}

inline failure login_refused(complaint const& c)
{
    return {errc::unauthorized, "The backend refused the Codex login: " + c.message +
                                    (c.message.ends_with('.') ? "" : ".") +
                                    " Run `ocx login` or `codex login` to sign in again."};
}

/// Newest models are offered only to newest clients, and the backend says "not found" to the others.
inline void add_version_hint(complaint& c, bool has_body)
{
    if (!has_body)
        c.message = "upstream returned HTTP 404";
    bool const is_model = !has_body || c.message.find("odel") != std::string::npos;
    if (!is_model)
        return;
    if (c.code.empty() && has_body)
        c.code = "model_not_found";
    c.message += (c.message.ends_with('.') ? "" : ".");
    c.message += " A model can also be hidden from older clients: a newer --client-version may help.";
}

inline unsigned client_status(unsigned upstream)
{
    if (upstream < 400 || upstream > 599)
        return 502;
    if (upstream == 409)
        return 400; // both SDKs repeat a 409, and a refusal does not get better
    if (upstream == 408 || upstream == 524)
        return 504;
    return upstream >= 520 ? 502 : upstream;
}

/// codex-protocol 5.4: what may be gone when the request is sent again. A refusal, a redirect and a 429 stay; a circuit
/// breaker of the backend (503) is given one chance.
inline repetition worth_repeating(unsigned status)
{
    if (status == 503)
        return repetition::once;
    auto const is_transient = status == 500 || status == 502 || status == 504 || (status >= 520 && status <= 529);
    return is_transient ? repetition::worthwhile : repetition::useless;
}

inline void add_request_id(failure& f, header_list const& headers)
{
    for (auto const* name : {"x-request-id", "x-oai-request-id"}) {
        auto const* id = find_header(headers, name);
        if (id == nullptr || id->empty() || id->size() > 80)
            continue;
        f.message += " (upstream request id " + *id + ')';
        return;
    }
}

inline void add_upstream_delay(failure& f, header_list const& headers)
{
    auto const* after = find_header(headers, "retry-after");
    if (after == nullptr || after->empty() || after->find_first_not_of("0123456789") != std::string::npos)
        return;
    std::erase_if(f.headers, [](header const& h) { return h.name.starts_with("retry-after"); });
    f.headers.emplace_back("retry-after", *after);
}

} // namespace reply_detail

OCX_DECL body_form sniff(std::string_view start)
{
    constexpr std::string_view bom = "\xEF\xBB\xBF";
    if (!start.empty() && start.size() < bom.size() && bom.starts_with(start))
        return body_form::undecided;
    auto const text = reply_detail::skip_bom_and_space(start);
    if (text.empty())
        return body_form::undecided;
    if (text.front() == ':')
        return body_form::sse;
    if (text.front() == '{' || text.front() == '[')
        return body_form::json;
    if (text.front() == '<')
        return body_form::html;
    bool may_become = false;
    for (std::string_view const field : {"event:", "data:", "id:", "retry:"}) {
        if (text.starts_with(field))
            return body_form::sse;
        may_become = may_become || field.starts_with(text);
    }
    return may_become ? body_form::undecided : body_form::other;
}

OCX_DECL bool is_network_block(unsigned status, header_list const& headers, std::string_view body)
{
    if (status != 403 && status != 503)
        return false;
    auto const* mitigated = find_header(headers, "cf-mitigated");
    if (mitigated != nullptr && iequals(*mitigated, "challenge"))
        return true;
    auto const start = body.substr(0, 16'384);
    if (status == 403 && reply_detail::skip_bom_and_space(start).starts_with('<'))
        return true;
    constexpr std::array<std::string_view, 5> signs = {"Just a moment", "Enable JavaScript and cookies to continue",
                                                       "challenge-platform", "Attention Required",
                                                       "Sorry, you have been blocked"};
    return std::any_of(signs.begin(), signs.end(),
                       [start](std::string_view sign) { return start.find(sign) != std::string_view::npos; });
}

OCX_DECL failure upstream_error(unsigned status, header_list const& headers, std::string_view body, std::int64_t now)
{
    if (is_network_block(status, headers, body))
        return reply_detail::blocked(headers);
    auto c = reply_detail::read_body(body, status);
    if (status == 401)
        return reply_detail::login_refused(c);
    if (status >= 400)
        c.status = reply_detail::client_status(status);
    auto const is_gated = c.message.find("requires a newer version") != std::string::npos;
    if (status == 404 || is_gated)
        reply_detail::add_version_hint(c, !reply_detail::skip_bom_and_space(body).empty());
    auto f = explain(c, now);
    if (f.repeat != repetition::useless)
        f.repeat = reply_detail::worth_repeating(status);
    if (f.status >= 500)
        reply_detail::add_request_id(f, headers);
    if (f.status == 429 || f.status == 503)
        reply_detail::add_upstream_delay(f, headers);
    return f;
}

} // namespace ocx::translate
