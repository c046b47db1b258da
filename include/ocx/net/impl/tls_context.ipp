// Bodies of net/tls.hpp, first half: trust, sessions and the sentences about failed handshakes.
#pragma once

#include "ocx/net/tls.hpp"

#include "ocx/net/impl/tls_wire.ipp"

#include <openssl/x509v3.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>
#include <vector>

namespace ocx::net {
namespace detail {

using session_ptr = std::unique_ptr<SSL_SESSION, openssl_delete<&SSL_SESSION_free>>;

/// Tickets by server, newest last. RFC 8446 C.4 wants each one used once, so several are kept.
class session_store {
public:
    static constexpr std::size_t per_server = 4;
    static constexpr std::size_t servers = 16;

    void put(std::string const& server, session_ptr session)
    {
        if (sessions_.size() >= servers && !sessions_.contains(server))
            sessions_.clear();
        auto& list = sessions_[server];
        if (list.size() >= per_server)
            list.erase(list.begin());
        list.push_back(std::move(session));
    }

    /// One to offer, or null. TLS 1.2 sessions stay: there the same ticket may be offered again.
    session_ptr take(std::string const& server)
    {
        auto const found = sessions_.find(server);
        while (found != sessions_.end() && !found->second.empty()) {
            auto session = std::move(found->second.back());
            found->second.pop_back();
            if (SSL_SESSION_is_resumable(session.get()) == 0)
                continue;
            if (SSL_SESSION_get_protocol_version(session.get()) < TLS1_3_VERSION) {
                SSL_SESSION_up_ref(session.get());
                found->second.emplace_back(session.get());
            }
            return session;
        }
        return nullptr;
    }

private:
    std::map<std::string, std::vector<session_ptr>> sessions_;
};

/// What a user can do about a certificate that was refused.
inline std::string verification_hint(long result)
{
    switch (result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "Check the date of this machine; if it is right, the server's operator must renew the certificate.";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return "The certificate belongs to another server. Check the address for a typing error.";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return "If you trust it (a private authority, a company proxy), name its CA certificate with --ca-file; "
               "if no server works, install the package ca-certificates.";
    default:
        return "The connection is refused because the server cannot be trusted like this.";
    }
}

inline failure handshake_failure(SSL* ssl, std::string const& host)
{
    auto const verified = SSL_get_verify_result(ssl);
    if (verified != X509_V_OK)
        return failure(errc::tls_failed, "The certificate of " + host +
                                             " was refused: " + X509_verify_cert_error_string(verified) + ". " +
                                             verification_hint(verified));
    auto const reason = last_openssl_reason();
    bool const is_plain = reason == "wrong version number" || reason == "http request";
    return failure(errc::tls_failed, "The TLS handshake with " + host + " failed: " + reason + "." +
                                         (is_plain ? " The other side does not seem to speak TLS on this port." : ""));
}

/// Hashed directories hold files like 4a6481c9.0; without one the directory cannot answer any look-up.
inline bool is_hashed_directory(std::string const& path)
{
    std::error_code ignored;
    for (auto at = std::filesystem::directory_iterator(path, ignored); at != std::filesystem::directory_iterator();
         at.increment(ignored)) {
        auto const name = at->path().filename().string();
        if (name.size() >= 10 && name[8] == '.' &&
            std::all_of(name.begin(), name.begin() + 8, [](unsigned char c) { return std::isxdigit(c) != 0; }))
            return true;
    }
    return false;
}

inline outcome<> load_trust(SSL_CTX* context, tls_options const& options)
{
    auto const complain = [](std::string const& path) {
        return failure(errc::io,
                       "The CA certificates in " + path + " could not be read: " + last_openssl_reason() + ".");
    };
    // The bundle costs 70 ms and megabytes at start, the directory nothing until an issuer is looked up.
    if (options.trust_file.empty() && options.trust_directory.empty()) {
        for (std::string const path : {X509_get_default_cert_dir(), "/etc/ssl/certs"})
            if (is_hashed_directory(path) && SSL_CTX_load_verify_dir(context, path.c_str()) == 1)
                return outcome<>();
        SSL_CTX_set_default_verify_file(context); // nothing there either: every handshake says what to install
        return outcome<>();
    }
    if (!options.trust_file.empty() && SSL_CTX_load_verify_file(context, options.trust_file.c_str()) != 1)
        return complain(options.trust_file);
    if (!options.trust_directory.empty() && SSL_CTX_load_verify_dir(context, options.trust_directory.c_str()) != 1)
        return complain(options.trust_directory);
    return outcome<>();
}

} // namespace detail

struct tls_context::state {
    explicit state(SSL_CTX* made) : context(made) {}

    static int keep_session(SSL* ssl, SSL_SESSION* session);

    detail::ssl_ctx_ptr context;
    detail::session_store sessions;
};

OCX_DECL tls_context::tls_context(std::shared_ptr<state> s) noexcept : state_(std::move(s)) {}
OCX_DECL tls_context::~tls_context() = default;

/// Authorities between the server's certificate and a trusted one. Public chains have one or two; OpenSSL's own limit
/// is a hundred, each a signature to check for whoever sends them.
inline constexpr int max_intermediates = 8;

OCX_DECL outcome<std::unique_ptr<tls_context>> tls_context::create(tls_options const& options)
{
    ERR_clear_error();
    auto s = std::make_shared<state>(SSL_CTX_new(TLS_client_method()));
    auto* const context = s->context.get();
    static constexpr unsigned char protocols[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_alpn_protos(context, protocols, sizeof protocols) != 0)
        return failure(errc::internal, "OpenSSL could not be set up: " + detail::last_openssl_reason() + ".");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_verify_depth(context, max_intermediates);
    // 112 bits: no RSA below 2048, no SHA-1 signatures. A stricter system policy stays.
    SSL_CTX_set_security_level(context, std::max(2, SSL_CTX_get_security_level(context)));
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, &state::keep_session);

    auto const trusted = detail::load_trust(context, options);
    if (!trusted)
        return trusted.error();
    if (!options.extra_ca_file.empty() && SSL_CTX_load_verify_file(context, options.extra_ca_file.c_str()) != 1)
        return failure(errc::io, "The CA file " + options.extra_ca_file + " could not be read: " +
                                     detail::last_openssl_reason() + ". It must hold certificates in PEM form.");
    return std::unique_ptr<tls_context>(new tls_context(std::move(s)));
}

} // namespace ocx::net
