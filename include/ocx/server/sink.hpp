// One reply on its way to a connection: models the event_sink that handlers answer through. The head waits for the
// first bytes of the body, so every write() is one write on the stream. Whether the connection lives on is for the
// session to decide; the sink says whether it can.
#pragma once

#include "ocx/net/byte_stream.hpp"
#include "ocx/net/http1.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/event_sink.hpp"
#include "ocx/util/request_record.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace ocx::server {

enum class http_version : std::uint8_t { http_1_0, http_1_1 };
enum class after_reply : std::uint8_t { keep_alive, close };

/// What the sink must know about the request and the connection.
struct reply_context {
    reply_context() = default;
    reply_context(std::string m, http_version v, after_reply a, std::string id)
        : method(std::move(m)), version(v), after(a), request_id(std::move(id))
    {
    }

    std::string method;
    http_version version = http_version::http_1_1;
    after_reply after = after_reply::close;
    std::string request_id; ///< becomes x-request-id unless the handler sets one
    /// Milliseconds since the request came, for openai-processing-ms unless the handler sets it. Empty: 0.
    std::function<std::int64_t()> processing_ms;
    std::string origin;                   ///< a listed one, whose page may read the reply
    std::string path;                     ///< for the record only
    std::string key_name;                 ///< the same
    request_observer* observer = nullptr; ///< told at the end of the sink
    time_point began{};
};

/// Told around every wait for the client, so that the session can limit it, and how much was to be written.
class write_watch {
public:
    write_watch() = default;
    write_watch(write_watch const&) = delete;
    write_watch& operator=(write_watch const&) = delete;
    virtual ~write_watch() = default;

    virtual void on_write_begin() = 0;
    virtual void on_write_end(std::size_t size) noexcept = 0;
};

/// All references must outlive the sink. A write that fails requests a stop of `gone`. write() with no bytes sends the
/// head that still waits.
class connection_sink final : public event_sink {
public:
    OCX_DECL connection_sink(net::byte_stream& stream, reply_context context, std::stop_source gone,
                             write_watch& watch);

    /// Tells the observer how it went.
    OCX_DECL ~connection_sink() override;

    OCX_DECL task<outcome<>> respond(unsigned status, header_list headers, std::string body) override;
    OCX_DECL task<outcome<>> start(unsigned status, header_list headers) override;
    OCX_DECL task<outcome<>> write(std::string_view bytes) override;
    OCX_DECL task<outcome<>> finish() override;
    [[nodiscard]] std::stop_token gone() const override { return gone_.get_token(); }
    [[nodiscard]] request_notes* notes() noexcept override
    {
        return context_.observer == nullptr ? nullptr : &record_.notes;
    }

    /// A head that start() was given but that waits for its first bytes has not left: it may still be replaced by
    /// another start() or by respond().
    [[nodiscard]] bool started() const noexcept override { return state_ > state::held; }

    /// True when the reply has left in good order.
    [[nodiscard]] bool is_complete() const noexcept { return state_ == state::complete; }

    /// The status that was given last, 0 before there is one.
    [[nodiscard]] unsigned status() const noexcept { return record_.status; }

    /// True when, after a complete reply, the client expects the connection to go on.
    [[nodiscard]] bool keeps_alive() const noexcept
    {
        return is_complete() && context_.after == after_reply::keep_alive;
    }

private:
    enum class state : std::uint8_t { fresh, held, streaming, complete, broken };
    enum class body_mode : std::uint8_t { none, chunked, until_close };

    OCX_DECL std::string make_head(unsigned status, header_list headers, net::http1::reply_framing how,
                                   std::uint64_t content_length);
    OCX_DECL void note_sent();
    OCX_DECL task<outcome<>> send(state then);

    net::byte_stream& stream_;
    reply_context context_;
    std::stop_source gone_;
    write_watch& watch_;
    body_mode body_ = body_mode::none;
    state state_ = state::fresh;
    request_record record_;
    std::string out_; ///< head that waits, then the bytes of the write in progress
};

/// Answers with the failure's OpenAI error object. `out` must not have started.
[[nodiscard]] OCX_DECL task<outcome<>> respond_error(event_sink& out, failure why);

} // namespace ocx::server

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/server/impl/sink.ipp"
#endif
