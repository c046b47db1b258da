// Sixteen servers that must not be trusted, each with a request that carries a credential: all refused, each with a
// reason that a user can act on, and not one byte of the request on the wire. What is not refused stands at the end.
#include "ocx/transport/https.hpp"

#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/exchange_rig.hpp"
#include "support/print_outcome.hpp"
#include "support/raw_server.hpp"
#include "support/temporary_dir.hpp"

#include <algorithm>
#include <atomic>
#include <functional>

namespace {

using namespace ocx;
using namespace ocx::testing;
using namespace ocx::transport;

certificate_spec leaf(std::vector<std::string> names = {"DNS:localhost"})
{
    certificate_spec spec;
    spec.common_name = "localhost";
    spec.names = std::move(names);
    return spec;
}

certificate_spec authority(std::string name)
{
    certificate_spec spec;
    spec.common_name = std::move(name);
    spec.is_authority = true;
    return spec;
}

using context = std::shared_ptr<SSL_CTX>;

struct bad_server {
    char const* what;
    char const* words; ///< in the message
    std::function<context(identity const& trusted)> make;
};

context changed(std::function<void(certificate_spec&)> const& change, identity const& trusted)
{
    auto spec = leaf();
    change(spec);
    return server_context(identity::make(spec, &trusted));
}

context with_names(std::vector<std::string> names, identity const& trusted)
{
    return server_context(identity::make(leaf(std::move(names)), &trusted));
}

/// A chain of `length` authorities below the trusted one.
context long_chain(identity const& trusted, int length)
{
    std::vector<identity> chain;
    for (int i = 0; i < length; ++i)
        chain.push_back(identity::make(authority("link " + std::to_string(i)), i == 0 ? &trusted : &chain.back()));
    auto const end = identity::make(leaf(), &chain.back());
    std::reverse(chain.begin(), chain.end());
    return server_context(end, chain);
}

int only_h2(SSL*, unsigned char const**, unsigned char*, unsigned char const*, unsigned, void*)
{
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

std::vector<bad_server> const bad_servers{
    {"expired", "expired",
     [](auto& ca) { return changed([](auto& s) { s.valid_from = -7200, s.valid_to = -60; }, ca); }},
    {"not yet valid", "not yet valid", [](auto& ca) { return changed([](auto& s) { s.valid_from = 3600; }, ca); }},
    {"wrong host", "hostname mismatch", [](auto& ca) { return with_names({"DNS:other.example"}, ca); }},
    {"self-signed", "--ca-file", [](auto&) { return server_context(identity::make(leaf())); }},
    {"unknown authority", "--ca-file",
     [](auto&) {
         auto const stranger = identity::make(authority("stranger"));
         return server_context(identity::make(leaf(), &stranger), {stranger});
     }},
    {"missing intermediate", "local issuer",
     [](auto& ca) {
         auto const between = identity::make(authority("between"), &ca);
         return server_context(identity::make(leaf(), &between));
     }},
    {"address, not a name", "hostname mismatch", [](auto& ca) { return with_names({"IP:127.0.0.1"}, ca); }},
    {"wildcard too deep", "hostname mismatch", [](auto& ca) { return with_names({"DNS:*.a.localhost"}, ca); }},
    {"wildcard for a whole top", "hostname mismatch", [](auto& ca) { return with_names({"DNS:*"}, ca); }},
    {"common name only", "hostname mismatch", [](auto& ca) { return with_names({}, ca); }},
    {"weak key", "key too weak",
     [](auto& ca) { return changed([](auto& s) { s.key = certificate_spec::key_kind::rsa_1024; }, ca); }},
    {"weak signature", "too weak", [](auto& ca) { return changed([](auto& s) { s.uses_sha1 = true; }, ca); }},
    {"TLS 1.1 only", "handshake",
     [](auto& ca) {
         auto made = server_context(identity::make(leaf(), &ca));
         SSL_CTX_set_max_proto_version(made.get(), TLS1_1_VERSION);
         return made;
     }},
    {"another application protocol only", "handshake",
     [](auto& ca) {
         auto made = server_context(identity::make(leaf(), &ca));
         SSL_CTX_set_alpn_select_cb(made.get(), &only_h2, nullptr);
         return made;
     }},
    {"very long chain", "refused", [](auto& ca) { return long_chain(ca, 20); }},
    {"issued by a certificate that is no authority", "refused",
     [](auto& ca) {
         auto const no_authority = identity::make(leaf({"DNS:other.example"}), &ca);
         return server_context(identity::make(leaf(), &no_authority), {no_authority});
     }},
};

struct trusting {
    trusting() : ca(identity::make(authority("private authority"))) { file = directory.write("ca.pem", ca.pem()); }

    https_options options(std::string url) const
    {
        auto result = exchange_rig::options_for(std::move(url));
        result.tls.extra_ca_file = file;
        result.tls.trust_directory = directory.file("");
        return result;
    }

    temporary_dir directory;
    identity ca;
    std::string file;
};

exchange_request with_token()
{
    auto request = post("/r");
    request.authorization = secret<std::string>("Bearer canary");
    return request;
}

TEST_CASE("E4 TLS: 16 of 16 bad servers are refused before a byte of the request is sent", "[transport]")
{
    trusting const t;
    int refused = 0;
    for (auto const& bad : bad_servers) {
        INFO(bad.what);
        std::atomic<std::size_t> received = 0;
        {
            raw_server server({[&](raw_connection& c) { received += c.read_to_end().size(); }}, bad.make(t.ca));
            exchange_rig rig(t.options(server.url()));
            auto const got = rig.run(with_token());
            CHECK(got.reason() == errc::tls_failed);
            REQUIRE(got.error);
            CHECK_THAT(got.error->message, Catch::Contains(bad.words));
            CHECK_THAT(got.error->message, Catch::Contains("localhost") && !Catch::Contains("canary"));
            refused += got.reason() == errc::tls_failed ? 1 : 0;
        }
        CHECK(received == 0);
    }
    CHECK(refused == 16);
}

TEST_CASE("E4 TLS: an address needs an address in the certificate", "[transport]")
{
    trusting const t;
    std::atomic<std::size_t> received = 0;
    {
        raw_server server({[&](raw_connection& c) { received += c.read_to_end().size(); }},
                          with_names({"DNS:localhost", "DNS:127.0.0.1"}, t.ca));
        exchange_rig rig(t.options("https://127.0.0.1:" + std::to_string(server.port())));
        auto const got = rig.run(with_token());
        CHECK(got.reason() == errc::tls_failed);
        CHECK_THAT(got.error->message, Catch::Contains("IP address mismatch"));
    }
    CHECK(received == 0);
}

TEST_CASE("E4 TLS: a chain as long as public ones is accepted", "[transport]")
{
    trusting const t;
    raw_server server({[](raw_connection& c) {
                          c.read_request();
                          c.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                      }},
                      long_chain(t.ca, 3));
    exchange_rig rig(t.options(server.url()));
    CHECK(rig.run(with_token()).body == "ok");
}

TEST_CASE("E4 TLS: a server cannot make us renegotiate", "[transport]")
{
    trusting const t;
    auto const side = server_context(identity::make(leaf(), &t.ca));
    SSL_CTX_set_max_proto_version(side.get(), TLS1_2_VERSION); // TLS 1.3 has none
    std::atomic<int> hellos = 0;
    auto const count = [](SSL*, int*, void* counter) {
        ++*static_cast<std::atomic<int>*>(counter);
        return SSL_CLIENT_HELLO_SUCCESS;
    };
    SSL_CTX_set_client_hello_cb(side.get(), count, &hellos);
    {
        raw_server server({[&](raw_connection& c) {
                              c.read_request();
                              SSL_renegotiate(c.tls());
                              SSL_do_handshake(c.tls()); // sends the HelloRequest
                              c.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                              c.read_to_end();
                          }},
                          side);
        exchange_rig rig(t.options(server.url()));
        auto const got = rig.run(with_token());
        CHECK((got.body == "ok" || got.error.has_value())); // answered with a warning, or ended; never followed
    }
    CHECK(hellos == 1); // ours came once
}

} // namespace
