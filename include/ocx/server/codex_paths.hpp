// The names that the Codex CLI has for our endpoints: with a base URL of the ChatGPT backend's shape it asks for
// /backend-api/codex/responses, with a bare one for /responses. Used by the router when the option is on.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::server {

/// Turns the decoded segments of such a path into those of the endpoint, `v1/responses`. Every path that begins with
/// none of our own names is one without its `/v1`, so that endpoints that come later have their short names, too.
inline void use_documented_names(std::vector<std::string>& segments)
{
    static constexpr std::array<std::string_view, 6> own = {"v1", "healthz", "readyz", "metrics", "backend-api", "api"};
    if (segments.size() > 2 && segments[0] == "backend-api" && segments[1] == "codex") {
        segments.erase(segments.begin());
        segments.front() = "v1";
    } else if (std::find(own.begin(), own.end(), segments.front()) == own.end()) {
        segments.insert(segments.begin(), "v1");
    }
}

} // namespace ocx::server
