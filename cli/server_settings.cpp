#include "server_settings.hpp"

#include "network.hpp"
#include "settings.hpp"

#include "ocx/config/resolve.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ocx::cli {

namespace {

outcome<std::vector<server::api_key>> keys_of_file(config::server_config const& from)
{
    if (from.api_keys_file.empty())
        return std::vector<server::api_key>();
    return server::load_keys(from.api_keys_file);
}

} // namespace

gateway::settings gateway_settings(config::settings const& from)
{
    gateway::settings to;
    to.default_model = from.server.default_model;
    auto who = identity_of(from);
    to.client_version = std::move(who.client_version);
    to.originator = std::move(who.originator);
    to.platform = std::move(who.platform);
    to.upstream_timeout = std::chrono::duration_cast<std::chrono::milliseconds>(as_duration(from.server.timeout));
    to.max_concurrent_requests = static_cast<std::size_t>(from.server.max_concurrent_requests);
    to.max_queued_requests = static_cast<std::size_t>(from.server.max_queued_requests);
    to.max_kept_items = static_cast<std::size_t>(from.server.max_kept_items);
    to.max_stored_items = static_cast<std::size_t>(from.server.max_stored_items);
    to.max_stored_bytes = static_cast<std::size_t>(from.server.max_stored_bytes);
    to.is_strict = from.server.strict;
    // The resolver lets only the known words through.
    to.drops_commentary = from.server.commentary == "drop";
    to.reasoning =
        translate::parse_reasoning_text(from.server.reasoning).value_or(translate::reasoning_text::automatic);
    return to;
}

server::server_options server_settings(config::server_config const& from)
{
    server::server_options to;
    to.max_body = static_cast<std::uint64_t>(from.max_body_bytes);
    to.max_head = static_cast<std::size_t>(from.max_header_bytes);
    to.max_header_count = static_cast<std::size_t>(from.max_header_count);
    to.head_deadline = as_duration(from.header_timeout);
    to.pace.longest = as_duration(from.body_timeout);
    to.pace.least_rate = static_cast<std::uint64_t>(from.min_body_rate);
    to.idle_timeout = as_duration(from.idle_timeout);
    to.write_deadline = as_duration(from.write_timeout);
    to.max_connections = static_cast<std::size_t>(from.max_connections);
    to.max_connections_per_peer = static_cast<std::size_t>(from.max_connections_per_peer);
    to.serves_metrics = from.metrics;
    to.paths.has_codex = from.codex_routes;
    to.paths.has_pass_through = from.passthrough;
    return to;
}

outcome<server::guard_options> guard_settings(config::server_config const& from, server::exposure reach)
{
    server::guard_options to;
    auto keys = keys_of_file(from);
    if (!keys)
        return keys.error();
    if (!from.api_key.empty())
        to.api_keys.push_back(from.api_key);
    to.hashed_keys = std::move(*keys);
    to.reach = reach;
    to.allowed_hosts = config::list_of(from.allowed_hosts);
    to.allowed_origins = config::list_of(from.cors_origins);
    for (auto const& origin : to.allowed_origins)
        if (auto const checked = server::check_origin_text(origin); !checked)
            return checked.error();
    if (from.allow_unauthenticated_remote)
        to.without_key = server::keyless_peers::everybody;
    return to;
}

} // namespace ocx::cli
