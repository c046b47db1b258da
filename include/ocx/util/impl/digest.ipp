#pragma once

#include "ocx/util/digest.hpp"

#include <openssl/evp.h>

#include <stdexcept>

namespace ocx {

namespace detail {

// The namespace of our version 5 UUIDs: drawn once at random, never to change, or every conversation loses its
// prompt cache after an update.
inline constexpr unsigned char uuid_namespace[] = {0x5f, 0x0c, 0x3b, 0x9e, 0x41, 0xd7, 0x4a, 0x86,
                                                   0x9a, 0x1b, 0xc2, 0x7d, 0x60, 0xe4, 0x38, 0xf5};

inline void append_hex(std::string& out, unsigned char byte)
{
    constexpr char digits[] = "0123456789abcdef";
    out += digits[byte >> 4];
    out += digits[byte & 0x0f];
}

} // namespace detail

OCX_DECL sha1_digest sha1(std::string_view text)
{
    sha1_digest digest{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1 || size != digest.size())
        throw std::runtime_error("OpenSSL offers no SHA-1");
    return digest;
}

OCX_DECL std::string sha1_hex(std::string_view text, std::size_t digits)
{
    std::string hex;
    hex.reserve(40);
    for (auto const byte : sha1(text))
        detail::append_hex(hex, byte);
    hex.resize(digits < hex.size() ? digits : hex.size());
    return hex;
}

OCX_DECL std::string sha256(std::string_view text)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr) != 1 || size != 32)
        throw std::runtime_error("OpenSSL offers no SHA-256");
    return std::string(reinterpret_cast<char const*>(digest), size);
}

OCX_DECL std::string uuid_v5(std::string_view name)
{
    std::string text(reinterpret_cast<char const*>(detail::uuid_namespace), sizeof detail::uuid_namespace);
    text += name;
    auto bytes = sha1(text);
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x50);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);

    std::string uuid;
    uuid.reserve(36);
    for (std::size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            uuid += '-';
        detail::append_hex(uuid, bytes[i]);
    }
    return uuid;
}

} // namespace ocx
