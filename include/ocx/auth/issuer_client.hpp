// Asks OpenAI's login server: one request, one bounded answer. What is asked and what an answer means is elsewhere
// (token_reply.hpp, authorize.hpp, device_code.hpp).
#pragma once

#include "ocx/auth/issuer.hpp"
#include "ocx/auth/token_reply.hpp"
#include "ocx/redact/secret.hpp"
#include "ocx/transport/any_transport.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"
#include "ocx/util/task.hpp"

#include <functional>
#include <map>
#include <stop_token>
#include <string>

namespace ocx::auth {

/// A whole answer. It may hold tokens.
struct issuer_reply {
    issuer_reply() = default;

    unsigned status = 0;
    secret<std::string> body;
};

/// Whom a personal access token belongs to.
struct token_owner {
    token_owner() = default;

    std::string account_id;
    std::string plan;
    std::string email;
    bool fedramp = false;
};

/// Makes a transport to an origin such as `https://auth.openai.com`. It must not send a request a second time on its
/// own, not even on a kept connection that turned out to be dead: a refresh token works once. So keep no connections.
using transport_maker = std::function<outcome<transport::any_transport>(std::string const& origin)>;

/// One thread. Must outlive its tasks.
class issuer_client {
public:
    OCX_DECL issuer_client(issuer_settings settings, transport_maker make_transport);

    [[nodiscard]] issuer_settings const& settings() const noexcept { return settings_; }

    /// POST of JSON or of a form. Errors: those of the transport; too_large.
    OCX_DECL task<outcome<issuer_reply>> post(std::string url, std::string content_type, secret<std::string> body,
                                              std::stop_token stop);

    /// Spends a refresh token. Without a stop token: an answer that nobody waits for would be a login lost. That the
    /// endpoint could not be asked is a transient answer, whose `what` says why.
    OCX_DECL task<token_reply> refresh(secret<std::string> refresh_token);

    /// Errors: unauthorized when the token is refused, otherwise those of post().
    OCX_DECL task<outcome<token_owner>> whoami(secret<std::string> access_token);

private:
    OCX_DECL task<outcome<issuer_reply>> send(std::string url, transport::exchange_request request,
                                              std::stop_token stop);

    issuer_settings settings_;
    transport_maker make_transport_;
    std::map<std::string, transport::any_transport> transports_; ///< by origin
};

} // namespace ocx::auth

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/auth/impl/issuer_client.ipp"
#endif
