// Certificates made while a test runs, good and bad ones, so that none of them ever expires in the repository.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

namespace ocx::testing {

struct certificate_spec {
    enum class key_kind { ec, rsa_1024 };

    std::string common_name = "test";
    std::vector<std::string> names; ///< subject alternative names: "DNS:localhost", "IP:127.0.0.1"
    long valid_from = -3600;        ///< seconds from now
    long valid_to = 86400;
    bool is_authority = false;
    bool uses_sha1 = false;
    key_kind key = key_kind::ec;
};

/// A certificate with its private key.
class identity {
public:
    /// Signed by `issuer`, or by itself when there is none.
    static identity make(certificate_spec const& spec, identity const* issuer = nullptr);

    [[nodiscard]] std::string pem() const; ///< the certificate only
    [[nodiscard]] X509* certificate() const { return certificate_.get(); }
    [[nodiscard]] EVP_PKEY* key() const { return key_.get(); }

private:
    std::shared_ptr<X509> certificate_;
    std::shared_ptr<EVP_PKEY> key_;
};

/// A server context that presents `leaf` and then `chain`. Security level 0: the server must be able to be bad.
std::shared_ptr<SSL_CTX> server_context(identity const& leaf, std::vector<identity> const& chain = {});

} // namespace ocx::testing
