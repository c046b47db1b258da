// Bodies of net/content_coding.hpp.
#pragma once

#include "ocx/net/content_coding.hpp"

#include "ocx/util/headers.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include <zlib.h>
#include <zstd.h>

namespace ocx::net {

namespace coding_detail {

inline constexpr std::size_t piece = 64 * 1024;
/// What a zstd frame may ask us to remember: 8 MiB, as RFC 9659 wants it for HTTP. Encoders stay below by default.
inline constexpr int max_window_log = 23;

enum class step : std::uint8_t { more, done, damaged };

inline failure refused(unsigned status, std::string message)
{
    failure f(status == 413 ? errc::too_large : errc::invalid_request, std::move(message));
    f.status = status;
    f.type = "invalid_request_error";
    return f;
}

/// Calls `decode(room, size&)` until the body is done, growing the output by pieces and never above `limit`.
template <class Decode>
outcome<std::string> collect(std::string_view coding, std::size_t limit, Decode decode)
{
    std::string out;
    for (;;) {
        auto const used = out.size();
        // One byte above the limit tells a body that ends there from one that goes on.
        auto const room = std::min(piece, limit + 1 - used);
        out.resize(used + room);
        std::size_t written = 0;
        auto const state = decode(out.data() + used, room, written);
        out.resize(used + written);
        if (state == step::damaged)
            return refused(400, "The request body is not valid " + std::string(coding) + ".");
        if (out.size() > limit)
            return refused(413,
                           "The request body is larger than " + std::to_string(limit) + " bytes when decompressed.");
        if (state == step::done)
            return out;
    }
}

/// One zlib stream. `window_bits` chooses the format: 15+16 gzip, 15 zlib, -15 raw.
class inflater {
public:
    inflater(std::string_view body, int window_bits)
        : is_ready_(inflateInit2(&stream_, window_bits) == Z_OK), rest_(body)
    {
    }
    inflater(inflater const&) = delete;
    inflater& operator=(inflater const&) = delete;
    ~inflater()
    {
        if (is_ready_)
            inflateEnd(&stream_);
    }

    step operator()(char* room, std::size_t size, std::size_t& written)
    {
        if (!is_ready_)
            return step::damaged;
        stream_.next_out = reinterpret_cast<Bytef*>(room);
        stream_.avail_out = static_cast<uInt>(size);
        int result = Z_OK;
        while (result == Z_OK && stream_.avail_out > 0) {
            // Bodies can be longer than zlib's counters.
            auto const given = std::min<std::size_t>(rest_.size(), 1u << 30);
            stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest_.data()));
            stream_.avail_in = static_cast<uInt>(given);
            result = inflate(&stream_, Z_NO_FLUSH);
            rest_.remove_prefix(given - stream_.avail_in);
        }
        written = size - stream_.avail_out;
        if (result == Z_STREAM_END)
            return rest_.empty() ? step::done : step::damaged;
        // Z_BUF_ERROR: nothing more to read, and the end has not come.
        return result == Z_OK ? step::more : step::damaged;
    }

private:
    z_stream stream_{};
    bool is_ready_;
    std::string_view rest_;
};

class unzstd {
public:
    explicit unzstd(std::string_view body) : context_(ZSTD_createDCtx()), input_{body.data(), body.size(), 0}
    {
        if (context_)
            ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, max_window_log);
    }

    step operator()(char* room, std::size_t size, std::size_t& written)
    {
        ZSTD_outBuffer output{room, size, 0};
        std::size_t left = 1;
        while (context_ && output.pos < size && (left != 0 || input_.pos < input_.size)) {
            auto const before = std::pair(input_.pos, output.pos);
            left = ZSTD_decompressStream(context_.get(), &output, &input_);
            if (ZSTD_isError(left) != 0 || before == std::pair(input_.pos, output.pos))
                return step::damaged; // or cut short: it wants more and there is none
        }
        written = output.pos;
        if (!context_)
            return step::damaged;
        return left == 0 && input_.pos == input_.size ? step::done : step::more;
    }

private:
    struct release {
        void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
    };

    std::unique_ptr<ZSTD_DCtx, release> context_;
    ZSTD_inBuffer input_;
};

} // namespace coding_detail

OCX_DECL bool is_known_coding(std::string_view coding) noexcept
{
    constexpr std::array<std::string_view, 6> known = {"", "identity", "gzip", "x-gzip", "deflate", "zstd"};
    return std::any_of(known.begin(), known.end(), [coding](auto name) { return iequals(name, coding); });
}

OCX_DECL outcome<std::string> decode_content(std::string_view coding, std::string_view body, std::size_t limit)
{
    if (!is_known_coding(coding))
        return coding_detail::refused(415,
                                      "The content encoding of the request is not supported. Send it as it is, or in "
                                      "zstd, gzip or deflate.");
    if (coding.empty() || iequals(coding, "identity")) {
        if (body.size() > limit)
            return coding_detail::refused(413, "The request body is larger than " + std::to_string(limit) + " bytes.");
        return std::string(body);
    }
    if (iequals(coding, "zstd"))
        return coding_detail::collect("zstd", limit, coding_detail::unzstd(body));
    if (!iequals(coding, "deflate")) {
        coding_detail::inflater inflate(body, 15 + 16);
        return coding_detail::collect("gzip", limit, std::ref(inflate));
    }
    // "deflate" means the zlib format; some clients send the bare deflate data instead (RFC 9110, 8.4.1.2).
    coding_detail::inflater framed(body, 15);
    auto plain = coding_detail::collect("deflate", limit, std::ref(framed));
    if (plain || plain.error().status != 400)
        return plain;
    coding_detail::inflater bare(body, -15);
    return coding_detail::collect("deflate", limit, std::ref(bare));
}

} // namespace ocx::net
