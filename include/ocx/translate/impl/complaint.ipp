// Bodies of complaint.hpp.
#pragma once

#include "ocx/translate/complaint.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace ocx::translate {

namespace reply_detail {

/// What the client should do about a failure.
enum class remedy { none, wait_as_told, wait_a_little, give_up };

struct verdict {
    std::string_view code;
    unsigned status = 502;
    std::string_view type; ///< empty: protocol/error.hpp chooses by status
    reply_detail::remedy remedy = remedy::none;
};

/// codex-protocol 4.6. Codes that upstream invents later are server errors, as in Codex.
inline constexpr std::array verdicts = {
    verdict{"context_length_exceeded", 400, "invalid_request_error"},
    verdict{"insufficient_quota", 429, "insufficient_quota", remedy::give_up},
    verdict{"usage_not_included", 403, "usage_not_included", remedy::give_up},
    verdict{"usage_limit_reached", 429, "usage_limit_reached", remedy::give_up},
    verdict{"rate_limit_exceeded", 429, "rate_limit_exceeded", remedy::wait_as_told},
    verdict{"server_is_overloaded", 503, "server_error", remedy::wait_a_little},
    verdict{"slow_down", 503, "server_error", remedy::wait_a_little},
    verdict{"invalid_prompt", 400, "invalid_request_error"},
    verdict{"bio_policy", 400, "invalid_request_error"},
    verdict{"cyber_policy", 400, "invalid_request_error"},
    verdict{"content_policy_violation", 400, "invalid_request_error"},
    verdict{"invalid_encrypted_content", 400, "invalid_request_error"},
    verdict{"previous_response_not_found", 400, "invalid_request_error"},
    verdict{"unsupported_parameter", 400, "invalid_request_error"},
    verdict{"unsupported_value", 400, "invalid_request_error"},
    verdict{"model_not_found", 404, "invalid_request_error"},
    verdict{"server_error", 502, "server_error"},
};

inline verdict const* find_verdict(std::string_view code)
{
    auto const at = std::find_if(verdicts.begin(), verdicts.end(), [code](auto const& v) { return v.code == code; });
    return at == verdicts.end() ? nullptr : &*at;
}

/// Some limits have no `code` and say what they are in `type`. A type that is only a class of errors is no code.
inline std::string_view name_of(complaint const& c)
{
    if (!c.code.empty())
        return c.code;
    auto const is_name = c.type != "server_error" && find_verdict(c.type) != nullptr;
    return is_name ? std::string_view(c.type) : std::string_view();
}

inline verdict verdict_on(complaint const& c)
{
    auto const name = name_of(c);
    if (auto const* known = find_verdict(name))
        return *known;
    if (name.starts_with("rate_limit"))
        return {name, 429, "rate_limit_exceeded", remedy::wait_as_told};
    if (c.status == 429)
        return {name, 429, "", remedy::wait_as_told};
    if (c.status >= 400 && c.status <= 599)
        return {name, c.status, ""};
    if (c.type == "invalid_request_error")
        return {name, 400, c.type};
    return {name, 502, "server_error"};
}

inline std::string two_digits(unsigned value)
{
    return {char('0' + value / 10 % 10), char('0' + value % 10)};
}

inline std::string utc_text(std::int64_t epoch)
{
    using namespace std::chrono;
    auto const at = sys_seconds(seconds(epoch));
    auto const day = floor<days>(at);
    year_month_day const date(day);
    hh_mm_ss const time(at - day);
    return std::to_string(int(date.year())) + '-' + two_digits(unsigned(date.month())) + '-' +
           two_digits(unsigned(date.day())) + ' ' + two_digits(static_cast<unsigned>(time.hours().count())) + ':' +
           two_digits(static_cast<unsigned>(time.minutes().count())) + " UTC";
}

/// Seconds until a limit ends, never negative.
inline std::optional<std::int64_t> seconds_left(complaint const& c, std::int64_t now)
{
    if (c.resets_in_seconds)
        return std::max<std::int64_t>(*c.resets_in_seconds, 1);
    if (c.resets_at)
        return std::max<std::int64_t>(*c.resets_at - now, 1);
    return std::nullopt;
}

inline std::string message_of(complaint const& c, std::string_view name, std::int64_t now)
{
    auto text = c.message;
    if (text.empty())
        text = name.empty() ? std::string("The backend failed without saying why.")
                            : "The backend refused the request (" + std::string(name) + ").";
    if ((!c.plan.empty() || seconds_left(c, now)) &&
        std::string_view(".!?").find(text.back()) == std::string_view::npos)
        text += '.';
    if (!c.plan.empty())
        text += " Plan: " + c.plan + '.';
    if (auto const left = seconds_left(c, now))
        text += " The limit resets at " + utc_text(c.resets_at.value_or(now + *left)) + " (in " +
                std::to_string(*left) + " seconds).";
    return text;
}

inline void add_retry_headers(failure& f, complaint const& c, remedy what, std::int64_t now)
{
    if (auto const left = seconds_left(c, now)) {
        f.headers.emplace_back("retry-after", std::to_string(*left));
    } else if (what == remedy::wait_as_told) {
        auto const delay = delay_in(c.message).value_or(std::chrono::seconds(1));
        f.headers.emplace_back("retry-after", std::to_string(std::max<std::int64_t>((delay.count() + 999) / 1000, 1)));
        f.headers.emplace_back("retry-after-ms", std::to_string(std::max<std::int64_t>(delay.count(), 1)));
    } else if (what == remedy::wait_a_little) {
        f.headers.emplace_back("retry-after", "2");
    }
    if (what == remedy::give_up)
        f.headers.emplace_back("x-should-retry", "false");
}

/// The reset of a limit and the plan as data: the Codex CLI reads both from the error object.
inline void add_limit_details(failure& f, complaint const& c, std::int64_t now)
{
    auto const left = seconds_left(c, now);
    if (!c.plan.empty())
        f.details.emplace_back("plan_type", json::quoted(c.plan));
    if (left)
        f.details.emplace_back("resets_at", std::to_string(c.resets_at.value_or(now + *left)));
}

/// codex-protocol 4.6 and 4.7: what Codex itself repeats. An overloaded backend is not asked again, a rate limit only
/// when it said how long it lasts.
inline repetition worth_repeating(verdict const& v, complaint const& c)
{
    if (v.remedy == remedy::wait_as_told)
        return v.code == "rate_limit_exceeded" && delay_in(c.message) ? repetition::worthwhile : repetition::useless;
    if (v.remedy != remedy::none)
        return repetition::useless;
    if (v.status == 503)
        return repetition::once;
    auto const is_transient = v.status == 500 || v.status == 502 || v.status == 504 || v.status >= 520;
    return is_transient ? repetition::worthwhile : repetition::useless;
}

/// {"detail":"Unsupported parameter: temperature"} names its parameter only in the text.
inline void find_param(complaint& c)
{
    for (std::string_view const prefix : {"Unsupported parameter: ", "Unknown parameter: "}) {
        auto const at = c.message.find(prefix);
        if (at == std::string::npos || !c.param.empty())
            continue;
        auto const name = std::string_view(c.message).substr(at + prefix.size());
        auto const end = std::min(name.find_first_of(" ,;\n"), name.size());
        for (char const x : name.substr(0, end)) {
            if (x != '\'' && x != '"' && x != '`')
                c.param.push_back(x);
        }
        while (c.param.ends_with('.'))
            c.param.pop_back();
        if (c.code.empty())
            c.code = prefix.starts_with("Unsupported") ? "unsupported_parameter" : "unknown_parameter";
    }
}

/// The backend's sentences for a model that this account, or a client of this version, does not get (openai/codex
/// #26053 among others). They come without a code, or with one that only repeats the type.
inline void find_model_refusal(complaint& c)
{
    if (!c.code.empty() && c.code != "invalid_request_error")
        return;
    constexpr std::array<std::string_view, 3> sentences = {"not supported when using Codex with a ChatGPT account",
                                                           "requires a newer version of Codex", "Model not found"};
    auto const is_said = [&c](std::string_view sentence) { return c.message.find(sentence) != std::string::npos; };
    if (std::any_of(sentences.begin(), sentences.end(), is_said))
        c.code = "model_not_found";
}

inline bool is_token_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_.+/=~").find(c) != std::string_view::npos;
}

inline bool is_token_shaped(std::string_view word)
{
    constexpr std::array<std::string_view, 6> prefixes = {"eyJ", "sk-", "rt_", "rt.", "at-", "gAAAA"};
    auto const is_prefixed = std::any_of(prefixes.begin(), prefixes.end(),
                                         [word](std::string_view prefix) { return word.starts_with(prefix); });
    return word.size() >= 100 || (is_prefixed && word.size() >= 12);
}

inline std::string text_member(json::view object, std::string_view name)
{
    auto const value = object[name];
    return value.is_number() ? std::string(value.raw()) : value.string_or("");
}

inline void read_error_object(json::view error, complaint& c)
{
    c.code = text_member(error, "code");
    c.type = error["type"].string_or("");
    c.message = mask_tokens(error["message"].string_or(""));
    c.param = error["param"].string_or("");
    c.plan = error["plan_type"].string_or("");
    c.resets_at = error["resets_at"].integer();
    c.resets_in_seconds = error["resets_in_seconds"].integer();
}

inline void read_status(json::view body, complaint& c)
{
    for (auto const* name : {"status", "status_code"}) {
        auto const status = body[name].integer();
        if (status && *status >= 400 && *status <= 599)
            c.status = static_cast<unsigned>(*status);
    }
}

} // namespace reply_detail

OCX_DECL std::string mask_tokens(std::string_view text)
{
    std::string out;
    std::size_t i = 0;
    while (i < text.size()) {
        auto end = i;
        while (end < text.size() && reply_detail::is_token_char(text[end]))
            ++end;
        auto const word = text.substr(i, end - i);
        out.append(reply_detail::is_token_shaped(word) ? std::string_view("***") : word);
        if (end < text.size())
            out.push_back(text[end++]);
        i = end;
    }
    return out;
}

OCX_DECL std::optional<complaint> read_complaint(json::view body)
{
    if (!body.is_object())
        return std::nullopt;
    complaint c;
    reply_detail::read_status(body, c);
    auto const error = body["error"];
    auto const detail_member = body["detail"];
    auto const inner = error.is_object() ? error : detail_member.is_object() ? detail_member : body;
    reply_detail::read_error_object(inner, c);
    if (error.is_string())
        c.message = mask_tokens(error.string_or(""));
    else if (c.message.empty() && detail_member.is_string())
        c.message = mask_tokens(detail_member.string_or(""));
    // The `type` of a flat error event is "error": it says nothing.
    if (c.type == "error")
        c.type.clear();
    if (c.code.empty() && c.type.empty() && c.message.empty() && !error.is_object())
        return std::nullopt;
    return c;
}

OCX_DECL std::optional<std::chrono::milliseconds> delay_in(std::string_view message)
{
    constexpr std::string_view phrase = "try again in";
    auto const at = std::search(message.begin(), message.end(), phrase.begin(), phrase.end(),
                                [](char a, char b) { return ascii_lower(a) == b; });
    if (at == message.end())
        return std::nullopt;
    auto rest = message.substr(static_cast<std::size_t>(at - message.begin()) + phrase.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    double total = 0;
    bool has_part = false;
    while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
        auto const number = rest.substr(0, rest.find_first_not_of("0123456789."));
        rest.remove_prefix(number.size());
        rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
        double const factor = rest.starts_with("ms")  ? 1
                              : rest.starts_with('s') ? 1'000
                              : rest.starts_with('m') ? 60'000
                              : rest.starts_with('h') ? 3'600'000
                                                      : 0;
        if (factor == 0 || number.size() > 12)
            break;
        rest.remove_prefix(factor == 1 ? 2 : 1);
        total += factor * std::strtod(std::string(number).c_str(), nullptr);
        has_part = true;
    }
    if (!has_part)
        return std::nullopt;
    return std::chrono::milliseconds(std::llround(std::min(total, 1e12)));
}

OCX_DECL failure explain(complaint const& said, std::int64_t now)
{
    auto c = said;
    if (c.status == 0 || c.status == 400 || c.status == 404) {
        reply_detail::find_param(c);
        reply_detail::find_model_refusal(c);
    }
    auto const verdict = reply_detail::verdict_on(c);
    failure f(errc::upstream_refused, reply_detail::message_of(c, verdict.code, now));
    f.status = verdict.status;
    f.type = verdict.type.empty() ? c.type : std::string(verdict.type);
    f.code = verdict.code;
    f.param = c.param;
    if (f.code.empty() && f.status == 502)
        f.code = "server_error";
    reply_detail::add_retry_headers(f, c, verdict.remedy, now);
    if (verdict.remedy == reply_detail::remedy::give_up)
        reply_detail::add_limit_details(f, c, now);
    f.repeat = reply_detail::worth_repeating(verdict, c);
    return f;
}

OCX_DECL std::string_view response_error_code(std::string_view code)
{
    constexpr std::array<std::string_view, 20> public_codes = {"server_error",
                                                               "rate_limit_exceeded",
                                                               "invalid_prompt",
                                                               "data_residency_mismatch",
                                                               "bio_policy",
                                                               "vector_store_timeout",
                                                               "invalid_image",
                                                               "invalid_image_format",
                                                               "invalid_base64_image",
                                                               "invalid_image_url",
                                                               "image_too_large",
                                                               "image_too_small",
                                                               "image_parse_error",
                                                               "image_content_policy_violation",
                                                               "invalid_image_mode",
                                                               "image_file_too_large",
                                                               "unsupported_image_media_type",
                                                               "empty_image_file",
                                                               "failed_to_download_image",
                                                               "image_file_not_found"};
    auto const at = std::find(public_codes.begin(), public_codes.end(), code);
    if (at != public_codes.end())
        return *at;
    if (code == "usage_limit_reached" || code.starts_with("rate_limit"))
        return "rate_limit_exceeded";
    return code == "context_length_exceeded" ? "invalid_prompt" : "server_error";
}

OCX_DECL std::string response_error_object(failure const& why)
{
    auto const code = response_error_code(why.code);
    auto message = why.message;
    if (!why.code.empty() && why.code != code && message.find(why.code) == std::string::npos)
        message += " (" + why.code + ')';
    std::string text;
    json::writer(text).begin_object().member("code", code).member("message", std::string_view(message)).end_object();
    return text;
}

} // namespace ocx::translate
