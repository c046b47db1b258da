#include "doctor_doors.hpp"

#include "ocx/daemon/paths.hpp"
#include "ocx/daemon/pid_file.hpp"
#include "ocx/net/tcp.hpp"
#include "ocx/net/tls_server.hpp"
#include "ocx/net/unix_socket.hpp"
#include "ocx/server/key_file.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <optional>

namespace ocx::cli {

namespace {

/// The number of the background server that runs with these settings.
std::optional<std::string> background_server(loaded_settings const& loaded)
{
    auto const record = daemon::read_pid_file(daemon::select_paths(loaded.values, loaded.origins).paths.pid_file);
    if (!record || daemon::state_of(*record) != daemon::process_state::running)
        return std::nullopt;
    return std::to_string(record->pid);
}

/// `what` is taken: by us, which is fine, or by somebody else.
finding judge_taken(std::string check, std::string const& what, failure const& why, loaded_settings const& loaded,
                    bool is_ours)
{
    if (auto const pid = background_server(loaded))
        return {std::move(check), verdict::ok, what + " is served by the background server, PID " + *pid + ".", {}};
    if (is_ours)
        return {std::move(check), verdict::ok, what + " is served by an ocx that was not started by `ocx start`.", {}};
    return {std::move(check), verdict::fail, why.message, "Or ask `ocx status` whether a server runs already."};
}

finding check_certificate(boost::asio::io_context& loop, config::server_config const& server)
{
    auto const made = net::tls_server_context::create(loop.get_executor(), server.tls_cert, server.tls_key);
    if (!made)
        return {"certificate", verdict::fail, made.error().message, {}};
    return {"certificate", verdict::ok, server.tls_cert + " and its key can be used.", {}};
}

finding check_keys(config::server_config const& server)
{
    auto const keys = server::load_keys(server.api_keys_file);
    if (!keys)
        return {"keys", verdict::fail, keys.error().message, {}};
    return {"keys", verdict::ok, server.api_keys_file + " has " + std::to_string(keys->size()) + " keys.", {}};
}

} // namespace

std::vector<finding> check_doors(loaded_settings const& loaded,
                                 std::function<bool(std::string const& base_url)> const& is_ocx)
{
    auto const& server = loaded.values.server;
    bool const has_tls = !server.tls_cert.empty();
    boost::asio::io_context loop(1);
    std::vector<finding> out;
    auto const check_port = [&](char const* check, std::int64_t port, char const* scheme) {
        auto const where = server.host + ":" + std::to_string(port);
        auto const bound = net::tcp_listener::bind(loop.get_executor(), server.host, static_cast<std::uint16_t>(port));
        if (bound)
            out.push_back({check, verdict::ok, where + " is free.", {}});
        else
            out.push_back(judge_taken(check, where, bound.error(), loaded, is_ocx(scheme + where)));
    };
    if (!server.no_tcp)
        check_port("port", server.port, has_tls && server.tls_port == 0 ? "https://" : "http://");
    if (has_tls && server.tls_port != 0)
        check_port("tls-port", server.tls_port, "https://");
    if (!server.unix_socket.empty()) {
        auto const bound = net::unix_listener::bind(loop.get_executor(), server.unix_socket);
        if (bound)
            out.push_back({"socket", verdict::ok, server.unix_socket + " is free.", {}});
        else
            out.push_back(judge_taken("socket", server.unix_socket, bound.error(), loaded, false));
    }
    if (has_tls)
        out.push_back(check_certificate(loop, server));
    if (!server.api_keys_file.empty())
        out.push_back(check_keys(server));
    return out;
}

} // namespace ocx::cli
