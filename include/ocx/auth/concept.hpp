// Where the bearer token of an upstream request comes from. Models: login_source (the Codex login file),
// static_source (a fixed token: tests, replay).
#pragma once

#include "ocx/redact/secret.hpp"
#include "ocx/util/outcome.hpp"
#include "ocx/util/task.hpp"

#include <concepts>
#include <cstdint>
#include <string>

namespace ocx::auth {

/// One usable credential. `generation` grows whenever the source adopts another token, so that a caller who got
/// a 401 can say which one was refused.
struct credential {
    credential() = default;

    secret<std::string> access_token;
    std::string account_id; ///< ChatGPT-Account-ID; empty: the header is not sent
    bool fedramp = false;   ///< adds X-OpenAI-Fedramp (codex-rs/model-provider/src/bearer_auth_provider.rs)
    std::uint64_t generation = 0;
};

/// current() gives the credential to use now. renew(seen) is called after upstream refused generation `seen`: it
/// returns a different credential, or errc::unauthorized with a sentence that tells the user what to run. When the
/// generation has moved on already, renew() just returns the current one, so N refusals cost one renewal.
// clang-format off
template <class A>
concept CredentialSource = requires(A& a, std::uint64_t seen) {
    { a.current() } -> std::same_as<task<outcome<credential>>>;
    { a.renew(seen) } -> std::same_as<task<outcome<credential>>>;
};
// clang-format on

} // namespace ocx::auth
