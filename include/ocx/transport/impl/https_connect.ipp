// Bodies of transport/https.hpp: what it takes to get a connection to the origin, with or without a proxy.
#pragma once

#include "ocx/net/tcp.hpp"
#include "ocx/transport/impl/https.ipp"

namespace ocx::transport {

OCX_DECL outcome<std::unique_ptr<https_transport>> https_transport::create(boost::asio::any_io_executor executor,
                                                                           https_options options)
{
    auto origin = net::parse_url(options.base_url);
    if (!origin)
        return failure(errc::invalid_request, "The backend's base URL cannot be used. " + origin.error().message);
    bool const is_plain = origin->scheme == "http";
    if (origin->scheme != "https" && !(is_plain && net::is_loopback_host(origin->host)))
        return failure(errc::invalid_request,
                       "The backend's base URL must start with https://. Plain http:// would send your login in clear "
                       "text and is allowed to this machine only (localhost, 127.0.0.1, [::1]).");
    if (!origin->user_info.empty())
        return failure(errc::invalid_request, "The backend's base URL must not contain a user name or a password.");

    auto p = std::make_shared<pool>(std::move(executor), std::move(options));
    std::uint16_t const usual = is_plain ? 80 : 443;
    p->authority = net::format_authority(origin->host, origin->port, usual);
    p->origin = std::move(*origin);
    p->origin.port = p->origin.port != 0 ? p->origin.port : usual;
    if (!is_plain) {
        auto proxy = net::choose_proxy(p->options.proxy, p->origin.host, p->origin.port);
        if (!proxy)
            return proxy.error();
        p->proxy = std::move(*proxy);
        auto tls = net::tls_context::create(p->options.tls);
        if (!tls)
            return tls.error();
        p->tls = std::move(*tls);
    }
    return std::unique_ptr<https_transport>(new https_transport(std::move(p)));
}

OCX_DECL task<outcome<>> https_transport::exchange::connect_raw(std::unique_ptr<net::byte_stream>& raw,
                                                                std::string host, std::uint16_t port)
{
    auto const deadline = std::chrono::steady_clock::now() + shared->options.connect_timeout;
    auto made = co_await net::tcp_connect(shared->executor, std::move(host), port, deadline, stop);
    if (!made)
        co_return made.error();
    if (!shared->uses_tls() && !(*made)->is_loopback())
        co_return failure(errc::connect_failed, shared->authority + " leads to another machine (" + (*made)->peer() +
                                                    "), and plain http:// is for this one only.");
    raw = std::move(*made);
    co_return outcome<>();
}

OCX_DECL task<outcome<>> https_transport::exchange::add_tls(std::unique_ptr<net::byte_stream>& raw, std::string host,
                                                            std::uint16_t port)
{
    begin_wait(*raw, shared->options.connect_timeout);
    auto made = co_await shared->tls->connect(std::move(raw), std::move(host), port);
    end_wait();
    if (!made)
        co_return made.error();
    raw = std::move(*made);
    co_return outcome<>();
}

/// CONNECT through the proxy (RFC 9110, 9.3.6).
OCX_DECL task<outcome<>> https_transport::exchange::open_tunnel(net::byte_stream& raw)
{
    auto const& proxy = *shared->proxy;
    auto const target = net::format_authority(shared->origin.host, shared->origin.port, 0);
    header_list fields;
    if (!proxy.authorization.empty()) // meant for the proxy, and only the proxy reads this request
        fields.emplace_back("Proxy-Authorization", proxy.authorization.expose());
    auto formatted = net::http1::format_request_head("CONNECT", target, target, fields, 0);
    if (!formatted)
        co_return formatted.error();
    secret<std::string> const request(std::move(*formatted));

    auto const name = "The proxy " + net::format_authority(proxy.host, proxy.port, 0);
    begin_wait(raw, shared->options.connect_timeout);
    auto const sent = co_await raw.write_all(request.expose());
    if (!sent)
        co_return sent.error();
    std::string text;
    std::array<char, 1024> piece;
    for (;;) {
        auto const found = net::http1::find_head(text);
        if (!found)
            co_return failure(errc::connect_failed, name + " does not speak HTTP. " + found.error().message);
        if (*found) {
            auto const parsed = net::http1::parse_response_head(std::string_view(text).substr(0, **found), "CONNECT");
            if (!parsed)
                co_return failure(errc::connect_failed, name + " does not speak HTTP. " + parsed.error().message);
            if (parsed->status / 100 == 2 && text.size() == **found)
                break;
            co_return failure(errc::connect_failed, name + " refused a connection to " + shared->authority +
                                                        " (status " + std::to_string(parsed->status) + ").");
        }
        auto const got = co_await raw.read_some(piece.data(), piece.size());
        if (!got)
            co_return got.error();
        if (*got == 0)
            co_return failure(errc::connect_failed, name + " closed the connection without an answer.");
        text.append(piece.data(), *got);
    }
    end_wait();
    co_return outcome<>();
}

OCX_DECL task<outcome<>> https_transport::exchange::connect()
{
    auto const& origin = shared->origin;
    auto const& proxy = shared->proxy;
    std::unique_ptr<net::byte_stream> raw;
    auto done = co_await connect_raw(raw, proxy ? proxy->host : origin.host, proxy ? proxy->port : origin.port);
    if (done && proxy && proxy->uses_tls)
        done = co_await add_tls(raw, proxy->host, proxy->port);
    if (done && proxy)
        done = co_await open_tunnel(*raw);
    if (done && shared->uses_tls())
        done = co_await add_tls(raw, origin.host, origin.port);
    if (!done) {
        auto const why = explain(done.error());
        end_wait();
        co_return why;
    }
    bytes = std::move(raw);
    co_return done;
}

} // namespace ocx::transport
