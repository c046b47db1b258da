#include "support/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace ocx::testing {
namespace {

void require(bool condition, char const* what)
{
    if (!condition)
        throw std::runtime_error(std::string("making a test certificate failed: ") + what);
}

std::shared_ptr<EVP_PKEY> make_key(certificate_spec::key_kind kind)
{
    auto* const key = kind == certificate_spec::key_kind::ec ? EVP_EC_gen("P-256") : EVP_RSA_gen(1024);
    require(key != nullptr, "key");
    return {key, EVP_PKEY_free};
}

void add_extension(X509* certificate, X509* issuer, int id, std::string const& value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    auto* const extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
    require(extension != nullptr, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

std::string joined(std::vector<std::string> const& names)
{
    std::string text;
    for (auto const& name : names)
        text += (text.empty() ? "" : ",") + name;
    return text;
}

} // namespace

identity identity::make(certificate_spec const& spec, identity const* issuer)
{
    static long serial = 1;
    identity result;
    result.key_ = make_key(spec.key);
    result.certificate_ = {X509_new(), X509_free};
    auto* const x = result.certificate_.get();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(x), spec.valid_from);
    X509_gmtime_adj(X509_getm_notAfter(x), spec.valid_to);
    X509_set_pubkey(x, result.key());
    auto* const subject = X509_get_subject_name(x);
    auto const* const text = reinterpret_cast<unsigned char const*>(spec.common_name.c_str());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, text, -1, -1, 0);
    auto* const signer = issuer != nullptr ? issuer->certificate() : x;
    X509_set_issuer_name(x, X509_get_subject_name(signer));
    if (spec.is_authority) {
        add_extension(x, signer, NID_basic_constraints, "critical,CA:TRUE");
        add_extension(x, signer, NID_key_usage, "critical,keyCertSign");
        add_extension(x, signer, NID_subject_key_identifier, "hash");
    }
    if (!spec.names.empty())
        add_extension(x, signer, NID_subject_alt_name, joined(spec.names));
    auto* const signing_key = issuer != nullptr ? issuer->key() : result.key();
    require(X509_sign(x, signing_key, spec.uses_sha1 ? EVP_sha1() : EVP_sha256()) > 0, "signature");
    return result;
}

std::string identity::pem() const
{
    std::shared_ptr<BIO> const bio(BIO_new(BIO_s_mem()), BIO_free);
    require(PEM_write_bio_X509(bio.get(), certificate()) == 1, "PEM");
    char* data = nullptr;
    auto const size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::shared_ptr<SSL_CTX> server_context(identity const& leaf, std::vector<identity> const& chain)
{
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    require(context != nullptr, "server context");
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    require(SSL_CTX_use_certificate(context.get(), leaf.certificate()) == 1, "certificate");
    require(SSL_CTX_use_PrivateKey(context.get(), leaf.key()) == 1, "private key");
    for (auto const& link : chain)
        require(SSL_CTX_add1_chain_cert(context.get(), link.certificate()) == 1, "chain");
    return context;
}

} // namespace ocx::testing
