// Bodies of protocol/plan_usage.hpp.
#pragma once

#include "ocx/protocol/plan_usage.hpp"
#include "ocx/util/json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace ocx::protocol {

namespace detail {

inline std::optional<double> number_in(header_list const& headers, std::string const& name)
{
    auto const* const text = find_header(headers, name);
    if (text == nullptr)
        return std::nullopt;
    static constexpr double most = 1e15; // far above every time and length, and exact as an integer
    double value = 0;
    auto const [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    bool const is_number = error == std::errc() && end == text->data() + text->size();
    return is_number && value >= 0 && value <= most ? std::optional(value) : std::nullopt;
}

/// The backend writes Python's True and False, true and false, or 1 and 0.
inline bool flag_in(header_list const& headers, std::string_view name)
{
    auto const* const text = find_header(headers, name);
    return text != nullptr && (iequals(*text, "true") || *text == "1");
}

} // namespace detail

OCX_DECL std::optional<plan_usage::window> plan_usage::read_window(header_list const& reply, std::string const& family,
                                                                   std::int64_t now)
{
    auto const used = detail::number_in(reply, family + "used-percent");
    if (!used)
        return std::nullopt;
    window heard;
    heard.used_percent = *used;
    heard.seconds = static_cast<std::int64_t>(detail::number_in(reply, family + "window-minutes").value_or(0)) * 60;
    if (auto const at = detail::number_in(reply, family + "reset-at"))
        heard.reset_at = static_cast<std::int64_t>(*at);
    else if (auto const after = detail::number_in(reply, family + "reset-after-seconds"))
        heard.reset_at = now + static_cast<std::int64_t>(*after);
    return heard;
}

OCX_DECL void plan_usage::note(header_list const& reply, std::int64_t now)
{
    std::array const heard{read_window(reply, "x-codex-primary-", now), read_window(reply, "x-codex-secondary-", now)};
    if (heard[0] || heard[1]) {
        windows_ = heard;
        auto const* const reached = find_header(reply, "x-codex-rate-limit-reached-type");
        reached_type_ = reached == nullptr ? std::string() : *reached;
    }
    if (auto const* const plan = find_header(reply, "x-codex-plan-type"))
        plan_ = *plan;
    if (find_header(reply, "x-codex-credits-has-credits") != nullptr) {
        credit_account account;
        account.has_credits = detail::flag_in(reply, "x-codex-credits-has-credits");
        account.is_unlimited = detail::flag_in(reply, "x-codex-credits-unlimited");
        if (auto const* const balance = find_header(reply, "x-codex-credits-balance"))
            account.balance = *balance;
        credits_ = std::move(account);
    }
}

OCX_DECL bool plan_usage::has_ended(window const& w, std::int64_t now)
{
    return w.reset_at != 0 && w.reset_at <= now;
}

/// A full window alone says nothing: the backend has been seen to go on serving at 100 % (codex-protocol 10).
OCX_DECL bool plan_usage::is_limited(std::int64_t now) const
{
    auto const is_full = [](auto const& w) { return w && w->used_percent >= 100; };
    auto const is_over = [&](auto const& w) { return !is_full(w) || has_ended(*w, now); };
    bool const names_one = std::any_of(windows_.begin(), windows_.end(), is_full);
    return !reached_type_.empty() && !(names_one && std::all_of(windows_.begin(), windows_.end(), is_over));
}

OCX_DECL std::string plan_usage::document(std::string const& plan, std::int64_t now) const
{
    std::string text;
    json::writer out(text);
    out.begin_object().member("plan_type", plan_.empty() ? plan : plan_);
    out.key("rate_limit").begin_object();
    bool const is_reached = is_limited(now);
    out.member("allowed", !is_reached).member("limit_reached", is_reached);
    static constexpr std::array names{"primary_window", "secondary_window"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        out.key(names[i]);
        auto const& w = windows_[i];
        if (!w) {
            out.null();
            continue;
        }
        out.begin_object()
            .member("used_percent", std::int64_t{has_ended(*w, now) ? 0 : std::lround(w->used_percent)})
            .member("limit_window_seconds", w->seconds)
            .member("reset_after_seconds", std::max<std::int64_t>(w->reset_at - now, 0))
            .member("reset_at", w->reset_at)
            .end_object();
    }
    out.end_object();
    out.member_null("code_review_rate_limit").key("additional_rate_limits").begin_array().end_array();
    out.key("credits");
    if (credits_)
        out.begin_object()
            .member("has_credits", credits_->has_credits)
            .member("unlimited", credits_->is_unlimited)
            .member("balance", credits_->balance)
            .end_object();
    else
        out.null();
    out.key("rate_limit_reached_type");
    if (!is_reached)
        out.null();
    else
        out.begin_object().member("type", reached_type_).end_object();
    out.end_object();
    return text;
}

} // namespace ocx::protocol
