#include "doctor_report.hpp"

#include "ocx/net/proxy.hpp"
#include "ocx/redact/scrub.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace ocx::cli {

namespace {

constexpr std::array verdict_names{"ok", "warn", "fail"};

char const* name_of(verdict v)
{
    return verdict_names[static_cast<std::size_t>(v)];
}

/// "3 days", "2 hours" or "5 minutes": as much as anybody wants to know.
std::string about(std::int64_t seconds)
{
    constexpr std::int64_t minute = 60;
    constexpr std::int64_t hour = 60 * minute;
    constexpr std::int64_t day = 24 * hour;
    auto const count = [](std::int64_t n, char const* unit) {
        return std::to_string(n) + " " + unit + (n == 1 ? "" : "s");
    };
    if (seconds >= 2 * day)
        return count(seconds / day, "day");
    return seconds >= 2 * hour ? count(seconds / hour, "hour") : count(seconds / minute, "minute");
}

/// Codex's own rule: a day or more is the weekly limit, whichever place it came in.
std::string window_name(std::int64_t seconds)
{
    constexpr std::int64_t day = 24 * 60 * 60;
    return (seconds >= day ? "weekly window (" : "short window (") + about(seconds) + ")";
}

std::optional<finding> judge_window(json::view window, std::string const& limit, wall_time now)
{
    if (!window.is_object())
        return std::nullopt;
    auto const used = window["used_percent"].number().value_or(0);
    finding out;
    out.check = "usage";
    out.text = limit + window_name(window["limit_window_seconds"].integer().value_or(0)) + ": " +
               std::to_string(static_cast<int>(std::lround(used))) + "% used";
    if (auto const reset = window["reset_at"].integer())
        out.text += ", resets in " + about(std::max<std::int64_t>(0, *reset - unix_seconds(now)));
    out.text += ".";
    constexpr double nearly = 90;
    constexpr double all = 100;
    if (used >= nearly)
        out.result = verdict::warn;
    if (used >= all)
        out.advice = "Requests are refused until the window resets.";
    return out;
}

} // namespace

finding judge_login(outcome<auth::loaded_login> const& loaded, std::string const& path, wall_time now)
{
    if (!loaded)
        return {"login", verdict::fail, loaded.error().message, "Run `ocx login` or `codex login`."};
    auto const& login = loaded->login;
    if (auto const usable = auth::check_usable(login, now); !usable)
        return {"login", verdict::fail, usable.error().message, "Run `ocx login` or `codex login`."};
    finding out{"login", verdict::ok, path + " can be used", {}};
    if (!login.plan.empty())
        out.text += ", plan " + scrubbed(login.plan, 40);
    if (login.expires) {
        auto const left = *login.expires - unix_seconds(now);
        out.text += left > 0 ? "; the access token ends in " + about(left) : "; the access token has ended";
        if (login.refresh_token.empty())
            out.advice = "It cannot be renewed: run `ocx login` before then.";
        else
            out.text += " and can be renewed";
        if (login.refresh_token.empty())
            out.result = verdict::warn;
    }
    out.text += ".";
    if ((loaded->mode & 077) != 0 && out.result == verdict::ok) {
        out.result = verdict::warn;
        out.text += " Other users of this machine can use it, too.";
        out.advice = "Run `chmod 600 " + path + "`.";
    }
    return out;
}

std::optional<std::int64_t> parse_http_date(std::string_view text)
{
    std::tm parts{};
    auto const copy = std::string(text);
    auto const* const end = ::strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (end == nullptr || *end != '\0')
        return std::nullopt;
    return static_cast<std::int64_t>(::timegm(&parts));
}

finding judge_clock(std::string_view date, wall_time now)
{
    auto const theirs = parse_http_date(date);
    if (!theirs)
        return {"clock", verdict::warn, "The clock could not be compared with the backend's.", {}};
    auto const off = unix_seconds(now) - *theirs;
    constexpr std::int64_t harmless = 30;
    constexpr std::int64_t harmful = 5 * 60;
    auto const size = std::abs(off);
    if (size <= harmless)
        return {"clock", verdict::ok, "This machine's clock agrees with the backend's.", {}};
    finding out{"clock", size >= harmful ? verdict::fail : verdict::warn,
                "This machine's clock is " + std::to_string(size) + " s " + (off > 0 ? "ahead of" : "behind") +
                    " the backend's.",
                "Set the clock (for example with `timedatectl set-ntp true`): tokens and certificates depend on it."};
    return out;
}

finding judge_proxies(config::environment const& env, std::string const& host)
{
    auto const value = [&env](char const* lower, char const* upper) -> std::string {
        for (auto const* name : {lower, upper})
            if (char const* text = env(name); text && *text != '\0')
                return text;
        return {};
    };
    std::string found;
    for (auto const& [lower, upper] : {std::pair{"http_proxy", "HTTP_PROXY"}, std::pair{"all_proxy", "ALL_PROXY"}})
        if (found.empty() && !value(lower, upper).empty())
            found = upper;
    if (found.empty())
        return {"proxy", verdict::ok, "No proxy stands between local clients and this server.", {}};
    auto const exempt = value("no_proxy", "NO_PROXY");
    constexpr std::uint16_t any_port = 80;
    std::string missing;
    for (auto const& name : {std::string("localhost"), std::string("127.0.0.1"), host})
        if (!net::is_exempt_from_proxy(exempt, name, any_port) && missing.find(name) == std::string::npos)
            missing += (missing.empty() ? "" : ",") + name;
    if (missing.empty())
        return {"proxy", verdict::ok, found + " is set, and NO_PROXY excepts this machine.", {}};
    return {"proxy", verdict::warn, found + " is set: clients may send requests for this server to the proxy.",
            "Set NO_PROXY=" + missing + " where the clients run."};
}

std::vector<finding> judge_usage(json::view usage, wall_time now)
{
    std::vector<finding> out;
    auto const add = [&](json::view limit, std::string const& name) {
        for (auto const* place : {"primary_window", "secondary_window"})
            if (auto found = judge_window(limit[place], name, now))
                out.push_back(std::move(*found));
    };
    add(usage["rate_limit"], "");
    for (auto const& more : usage["additional_rate_limits"].elements())
        add(more["rate_limit"], scrubbed(more["limit_name"].string_or("further limit"), 40) + ", ");
    if (out.empty())
        out.push_back({"usage", verdict::warn, "The backend names no usage window.", {}});
    return out;
}

std::string as_text(std::vector<finding> const& all)
{
    std::string out;
    for (auto const& one : all) {
        auto const* const name = name_of(one.result);
        out.append(name).append(6 - std::string_view(name).size(), ' ').append(one.check).append(": ").append(one.text);
        if (!one.advice.empty())
            out.append("\n      -> ").append(one.advice);
        out += '\n';
    }
    return out;
}

std::string as_json(std::vector<finding> const& all)
{
    std::string out = "{\"checks\":[";
    for (auto const& one : all)
        out.append(&one == &all.front() ? "" : ",")
            .append("{\"check\":" + json::quoted(one.check))
            .append(",\"result\":" + json::quoted(name_of(one.result)))
            .append(",\"text\":" + json::quoted(one.text))
            .append(",\"advice\":" + (one.advice.empty() ? std::string("null") : json::quoted(one.advice)) + "}");
    return out + "],\"ok\":" + (exit_status(all) == 0 ? "true" : "false") + "}\n";
}

int exit_status(std::vector<finding> const& all)
{
    return std::any_of(all.begin(), all.end(), [](finding const& one) { return one.result == verdict::fail; }) ? 1 : 0;
}

} // namespace ocx::cli
