#include "reload.hpp"

#include "console.hpp"

#include "ocx/config/changes.hpp"
#include "ocx/config/keys.hpp"
#include "ocx/daemon/notify.hpp"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

namespace ocx::cli {

namespace {

constexpr std::array reloadable{config::keys::verbose.name,
                                config::keys::reasoning.name,
                                config::keys::commentary.name,
                                config::keys::strict.name,
                                config::keys::log_format.name,
                                config::keys::api_key.name,
                                config::keys::api_keys_file.name,
                                config::keys::allowed_hosts.name,
                                config::keys::cors_origins.name,
                                config::keys::allow_unauthenticated_remote.name,
                                config::keys::default_model.name,
                                config::keys::timeout.name,
                                config::keys::max_body_bytes.name,
                                config::keys::max_connections.name,
                                config::keys::max_connections_per_peer.name,
                                config::keys::max_header_bytes.name,
                                config::keys::max_header_count.name,
                                config::keys::header_timeout.name,
                                config::keys::body_timeout.name,
                                config::keys::min_body_rate.name,
                                config::keys::idle_timeout.name,
                                config::keys::write_timeout.name,
                                config::keys::metrics.name,
                                config::keys::client_version.name,
                                config::keys::originator.name};

std::string listed(std::vector<std::string_view> const& names)
{
    std::string out;
    for (auto name : names)
        out.append(out.empty() ? "" : ", ").append(name);
    return out;
}

/// What was read, except that settings which need a restart stay as they are.
config::settings merged(config::settings const& in_use, config::settings const& read)
{
    auto out = in_use;
    std::vector<void const*> values;
    config::for_each_key(read, [&](config::key_info const&, auto const& value) { values.push_back(&value); });
    std::size_t i = 0;
    config::for_each_key(out, [&](config::key_info const& key, auto& member) {
        using value_type = std::remove_cvref_t<decltype(member)>;
        auto const* value = static_cast<value_type const*>(values[i++]);
        if (is_reloadable(key.name))
            member = *value;
    });
    return out;
}

} // namespace

bool is_reloadable(std::string_view key)
{
    return std::find(reloadable.begin(), reloadable.end(), key) != reloadable.end();
}

reload_result compare(config::settings const& in_use, config::settings const& read)
{
    reload_result out;
    for (auto name : config::changed_keys(in_use, read))
        (is_reloadable(name) ? out.applied : out.need_restart).push_back(name);
    return out;
}

namespace {

outcome<> try_reload(cli_request const& request, config::settings& in_use,
                     std::function<outcome<>(config::settings const&)> const& apply)
{
    auto const read = load_settings(request);
    if (!read)
        return read.error();
    auto const found = compare(in_use, read->values);
    auto changed = merged(in_use, read->values);
    if (auto const applied = apply(changed); !applied)
        return applied.error();
    in_use = std::move(changed);
    say(found.applied.empty() ? std::string("Configuration reloaded: nothing that can change now is different.")
                              : "Configuration reloaded: " + listed(found.applied) + ".");
    if (!found.need_restart.empty())
        say("Only a restart changes: " + listed(found.need_restart) + ".");
    return outcome<>();
}

} // namespace

void reload(cli_request const& request, config::settings& in_use,
            std::function<outcome<>(config::settings const&)> const& apply)
{
    daemon::notify_manager("RELOADING=1");
    if (auto const done = try_reload(request, in_use, apply); !done)
        console_logger(in_use.server.verbose)(log_level::error,
                                              "The configuration was not reloaded, everything stays as it was: " +
                                                  done.error().message);
    daemon::notify_manager("READY=1");
}

} // namespace ocx::cli
