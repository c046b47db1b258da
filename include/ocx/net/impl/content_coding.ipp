// Bodies of net/content_coding.hpp.
#pragma once

#include "ocx/net/content_coding.hpp"

#include "ocx/util/headers.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <zlib.h>
#include <zstd.h>

namespace ocx::net {

/// One format. read() takes at most coding_detail::piece bytes of its input.
class content_decoder::stage {
public:
    enum class state : std::uint8_t { more, done, damaged };

    stage() = default;
    stage(stage const&) = delete;
    stage& operator=(stage const&) = delete;
    virtual ~stage() = default;

    virtual state read(char* room, std::size_t size, std::size_t& written) = 0;
};

namespace coding_detail {

using stage = content_decoder::stage;

inline constexpr std::size_t piece = 64 * 1024;
/// What a zstd frame may ask us to remember: 8 MiB, as RFC 9659 wants it for HTTP. Encoders stay below by default.
inline constexpr int max_window_log = 23;

inline failure refused(unsigned status, std::string message)
{
    failure f(status == 413 ? errc::too_large : errc::invalid_request, std::move(message));
    f.status = status;
    f.type = "invalid_request_error";
    return f;
}

/// One zlib stream. `window_bits` chooses the format: 15+16 gzip, 15 zlib, -15 raw.
class inflater final : public stage {
public:
    inflater(std::string_view body, int window_bits)
        : is_ready_(inflateInit2(&stream_, window_bits) == Z_OK), rest_(body)
    {
    }
    inflater(inflater const&) = delete;
    inflater& operator=(inflater const&) = delete;
    ~inflater() override
    {
        if (is_ready_)
            inflateEnd(&stream_);
    }

    state read(char* room, std::size_t size, std::size_t& written) override
    {
        if (!is_ready_)
            return state::damaged;
        auto const given = std::min(rest_.size(), piece);
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest_.data()));
        stream_.avail_in = static_cast<uInt>(given);
        stream_.next_out = reinterpret_cast<Bytef*>(room);
        stream_.avail_out = static_cast<uInt>(size);
        auto const result = inflate(&stream_, Z_NO_FLUSH);
        rest_.remove_prefix(given - stream_.avail_in);
        written = size - stream_.avail_out;
        if (result == Z_STREAM_END)
            return rest_.empty() ? state::done : state::damaged;
        // Z_BUF_ERROR: nothing more to read, and the end has not come.
        return result == Z_OK ? state::more : state::damaged;
    }

private:
    z_stream stream_{};
    bool is_ready_;
    std::string_view rest_;
};

class unzstd final : public stage {
public:
    explicit unzstd(std::string_view body) : context_(ZSTD_createDCtx()), body_(body)
    {
        if (context_)
            ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, max_window_log);
    }

    state read(char* room, std::size_t size, std::size_t& written) override
    {
        if (!context_)
            return state::damaged;
        ZSTD_inBuffer input{body_.data(), std::min(body_.size(), at_ + piece), at_};
        ZSTD_outBuffer output{room, size, 0};
        auto const left = ZSTD_decompressStream(context_.get(), &output, &input);
        bool const is_stuck = input.pos == at_ && output.pos == 0; // cut short: it wants more and there is none
        at_ = input.pos;
        written = output.pos;
        if (ZSTD_isError(left) != 0 || is_stuck)
            return state::damaged;
        return left == 0 && at_ == body_.size() ? state::done : state::more;
    }

private:
    struct release {
        void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
    };

    std::unique_ptr<ZSTD_DCtx, release> context_;
    std::string_view body_;
    std::size_t at_ = 0;
};

inline std::unique_ptr<stage> stage_for(std::string_view coding, std::string_view body)
{
    if (iequals(coding, "zstd"))
        return std::make_unique<unzstd>(body);
    if (iequals(coding, "deflate"))
        return std::make_unique<inflater>(body, 15);
    if (iequals(coding, "gzip") || iequals(coding, "x-gzip"))
        return std::make_unique<inflater>(body, 15 + 16);
    return nullptr;
}

} // namespace coding_detail

OCX_DECL outcome<> check_coding(std::string_view coding)
{
    constexpr std::array<std::string_view, 6> known = {"", "identity", "gzip", "x-gzip", "deflate", "zstd"};
    if (std::any_of(known.begin(), known.end(), [coding](auto name) { return iequals(name, coding); }))
        return {};
    auto f = coding_detail::refused(415, "The content encoding of the request is not supported. Send the body as it "
                                         "is, or in one of zstd, gzip and deflate.");
    f.code = "unsupported_content_encoding";
    return f;
}

OCX_DECL content_decoder::content_decoder(std::string_view coding, std::string_view body, std::size_t limit)
    : coding_(coding), body_(body), limit_(limit), stage_(coding_detail::stage_for(coding, body)),
      // "deflate" means the zlib format; some clients send the bare deflate data instead (RFC 9110, 8.4.1.2).
      may_be_bare_(iequals(coding, "deflate"))
{
}

OCX_DECL content_decoder::~content_decoder() = default;

OCX_DECL outcome<bool> content_decoder::step()
{
    if (auto known = check_coding(coding_); !known)
        return known.error();
    if (!stage_) {
        if (body_.size() > limit_)
            return coding_detail::refused(413, "The request body is larger than " + std::to_string(limit_) + " bytes.");
        plain_.assign(body_);
        return true;
    }
    auto const used = plain_.size();
    // One byte above the limit tells a body that ends there from one that goes on.
    auto const room = std::min(coding_detail::piece, limit_ + 1 - used);
    plain_.resize(used + room);
    std::size_t written = 0;
    auto const state = stage_->read(plain_.data() + used, room, written);
    plain_.resize(used + written);
    if (state == stage::state::damaged && std::exchange(may_be_bare_, false)) {
        plain_.clear();
        stage_ = std::make_unique<coding_detail::inflater>(body_, -15);
        return false;
    }
    if (state == stage::state::damaged)
        return coding_detail::refused(400, "The request body is not valid " + std::string(coding_) +
                                               ", which its Content-Encoding says it is.");
    if (plain_.size() > limit_)
        return coding_detail::refused(413, "The request body is larger than " + std::to_string(limit_) +
                                               " bytes when decompressed.");
    return state == stage::state::done;
}

OCX_DECL outcome<std::string> decode_content(std::string_view coding, std::string_view body, std::size_t limit)
{
    content_decoder decoder(coding, body, limit);
    for (;;) {
        auto const is_complete = decoder.step();
        if (!is_complete)
            return is_complete.error();
        if (*is_complete)
            return decoder.take();
    }
}

} // namespace ocx::net
