// Random names: request ids and fallback conversation ids. Where they come from is a parameter, so that a replayed
// request can be compared byte for byte (testing/sequence_ids.hpp).
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

namespace ocx {

/// next() yields 64 bits that nobody can predict from earlier ones, or, in tests, that everybody can.
// clang-format off
template <class I>
concept IdSource = requires(I& ids) {
    { ids.next() } -> std::same_as<std::uint64_t>;
};
// clang-format on

/// The system's own generator. Ids are handed to clients, so a seeded generator would let one client guess another's.
class random_ids {
public:
    [[nodiscard]] std::uint64_t next() { return (std::uint64_t{device_()} << 32) | device_(); }

private:
    std::random_device device_;
};

static_assert(IdSource<random_ids>);

/// Sixteen lower-case hexadecimal digits.
[[nodiscard]] inline std::string hex16(std::uint64_t value)
{
    static constexpr char const* digits = "0123456789abcdef";
    std::string text(16, '0');
    for (std::size_t i = 16; i-- > 0; value >>= 4)
        text[i] = digits[value & 15];
    return text;
}

/// `req_` and 32 hexadecimal digits, the shape of the official x-request-id.
template <IdSource I>
[[nodiscard]] std::string make_request_id(I& ids)
{
    auto const high = ids.next();
    return "req_" + hex16(high) + hex16(ids.next());
}

/// `resp_` and 48 hexadecimal digits, the shape of the official response ids.
template <IdSource I>
[[nodiscard]] std::string make_response_id(I& ids)
{
    std::string text = "resp_";
    for (int i = 0; i < 3; ++i)
        text += hex16(ids.next());
    return text;
}

/// A version 4 UUID as text (RFC 9562).
template <IdSource I>
[[nodiscard]] std::string make_uuid(I& ids)
{
    auto const high = (ids.next() & ~std::uint64_t{0xf000}) | 0x4000;
    auto const low = (ids.next() & ~(std::uint64_t{3} << 62)) | (std::uint64_t{1} << 63);
    auto const a = hex16(high);
    auto const b = hex16(low);
    return a.substr(0, 8) + '-' + a.substr(8, 4) + '-' + a.substr(12, 4) + '-' + b.substr(0, 4) + '-' + b.substr(4);
}

} // namespace ocx
