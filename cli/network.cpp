#include "network.hpp"

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include <sys/utsname.h>

namespace ocx::cli {

namespace {

std::string variable(char const* lower, char const* upper)
{
    for (auto const* name : {lower, upper})
        if (auto const* value = std::getenv(name); value && *value)
            return value;
    return {};
}

} // namespace

transport::https_options https_options_of(config::settings const& settings)
{
    transport::https_options options;
    options.tls.extra_ca_file = settings.codex.ca_file;
    options.tls.trust_file = variable("SSL_CERT_FILE", "SSL_CERT_FILE");
    options.tls.trust_directory = variable("SSL_CERT_DIR", "SSL_CERT_DIR");
    options.proxy.https_proxy = variable("https_proxy", "HTTPS_PROXY");
    options.proxy.all_proxy = variable("all_proxy", "ALL_PROXY");
    options.proxy.no_proxy = variable("no_proxy", "NO_PROXY");
    return options;
}

translate::upstream_identity identity_of(config::settings const& settings)
{
    translate::upstream_identity who;
    who.client_version = settings.codex.client_version;
    who.originator = settings.codex.originator;
    if (utsname machine{}; uname(&machine) == 0)
        who.platform = std::string(machine.sysname) + "; " + machine.machine;
    return who;
}

auth::issuer_client make_issuer(boost::asio::any_io_executor executor, config::settings const& settings)
{
    auto issuer = auth::issuer_from([](char const* name) -> char const* { return std::getenv(name); });
    auto const who = identity_of(settings);
    issuer.headers.emplace_back("originator", who.originator);
    // The login server's front refuses requests without one.
    issuer.headers.emplace_back("User-Agent", translate::user_agent(who));

    auto options = https_options_of(settings);
    options.head_timeout = std::chrono::seconds(30);
    options.idle_timeout = std::chrono::seconds(15);
    options.max_idle = 0; // a request on a kept connection may be sent twice, and a refresh token works once
    auto make = [executor = std::move(executor),
                 options = std::move(options)](std::string const& origin) -> outcome<transport::any_transport> {
        auto wanted = options;
        wanted.base_url = origin;
        auto made = transport::https_transport::create(executor, std::move(wanted));
        if (!made)
            return made.error();
        return transport::any_transport(std::move(*made));
    };
    return {std::move(issuer), std::move(make)};
}

} // namespace ocx::cli
