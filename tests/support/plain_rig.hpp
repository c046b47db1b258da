// A rig whose client does not repeat anything itself, and the few words that tests of repeated calls share.
#pragma once

#include "support/gateway_rig.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace ocx::testing {

inline constexpr auto streaming = R"(,"stream":true)";

inline bool contains(std::string const& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

inline std::size_t count(std::string const& text, std::string_view part)
{
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++found;
    return found;
}

struct plain_rig : gateway_rig {
    plain_rig() { client_headers = {{"user-agent", "curl/8.5.0"}}; }

    [[nodiscard]] std::size_t calls() { return env.transport().requests.size(); }
    void expect(unsigned status, std::string body, header_list headers = {})
    {
        script s(status, {frame(std::move(body)), end()});
        s.headers = std::move(headers);
        env.transport().expect(std::move(s));
    }
    void expect_hello() { env.transport().expect(script(200, {frame(upstream::hello())})); }
};

} // namespace ocx::testing
