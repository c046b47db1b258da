// Bodies of auth/device_code.hpp.
#pragma once

#include "ocx/auth/authorize.hpp"
#include "ocx/auth/device_code.hpp"
#include "ocx/util/json.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace ocx::auth {

namespace device_detail {

/// Seconds, which the server writes as a string and may write as a number.
OCX_DECL duration interval_of(json::view value)
{
    std::int64_t seconds = 5;
    auto const text = value.is_string() ? value.string_or("") : std::string(value.raw());
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 1, 60));
}

OCX_DECL bool is_code(std::string const& text)
{
    return !text.empty() && text.size() <= 40 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

OCX_DECL failure refused(unsigned status, std::string_view body)
{
    auto const code = presentable_code(error_code_of(body));
    return failure(errc::unauthorized, "The login server answered HTTP " + std::to_string(status) +
                                           (code.empty() ? "" : " (" + code + ")") + " to the device login.");
}

} // namespace device_detail

OCX_DECL std::string device_start_body(std::string_view client_id)
{
    std::string body;
    json::writer(body).begin_object().member("client_id", client_id).end_object();
    return body;
}

OCX_DECL outcome<device_code> read_device_start(unsigned status, std::string_view body)
{
    if (status == 404)
        return failure(errc::not_found,
                       "Device login is not enabled for this account or workspace: use `ocx login`, or "
                       "have it enabled in the security settings of ChatGPT.");
    if (status != 200 || json::validate(body))
        return device_detail::refused(status, body);
    auto const all = json::view::trusted(body);
    device_code out;
    out.id = secret<std::string>(all["device_auth_id"].string_or(""));
    out.user_code = all["user_code"].string_or(all["usercode"].string_or(""));
    out.interval = device_detail::interval_of(all["interval"]);
    if (out.id.empty() || !device_detail::is_code(out.user_code))
        return failure(errc::unauthorized, "The login server answered without a code to enter.");
    return out;
}

OCX_DECL secret<std::string> device_poll_body(device_code const& code)
{
    std::string body;
    // Exposed to be sent: this text is the request.
    json::writer(body)
        .begin_object()
        .member("device_auth_id", code.id.expose())
        .member("user_code", code.user_code)
        .end_object();
    return secret<std::string>(std::move(body));
}

OCX_DECL outcome<std::optional<device_grant>> read_device_poll(unsigned status, std::string_view body)
{
    if (status == 403 || status == 404)
        return std::optional<device_grant>();
    if (status != 200 || json::validate(body))
        return device_detail::refused(status, body);
    auto const all = json::view::trusted(body);
    device_grant out;
    out.code = secret<std::string>(all["authorization_code"].string_or(""));
    out.verifier = secret<std::string>(all["code_verifier"].string_or(""));
    if (out.code.empty() || out.verifier.empty())
        return failure(errc::unauthorized, "The login server confirmed the code without what belongs to it.");
    return std::optional<device_grant>(std::move(out));
}

} // namespace ocx::auth
