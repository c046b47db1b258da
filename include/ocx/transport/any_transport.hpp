// Any transport behind one type: the production gateway is instantiated with this one only, and whether it talks to
// the network or to a cassette is decided when the program starts.
#pragma once

#include "ocx/transport/concept.hpp"

#include <concepts>
#include <memory>
#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>

namespace ocx::transport {

/// Models FrameStream. Default-constructed or moved-from it is empty: next() fails with errc::internal.
class any_stream {
public:
    any_stream() = default;

    // Explicit and constrained, or outcome<any_stream> could not tell a value from a failure.
    template <class S>
    requires(!std::same_as<std::remove_cvref_t<S>, any_stream>) && FrameStream<S> explicit any_stream(S stream)
        : impl_(std::make_unique<model<S>>(std::move(stream)))
    {
    }

    [[nodiscard]] exchange_head const& head() const
    {
        static exchange_head const none;
        return impl_ ? impl_->head() : none;
    }

    [[nodiscard]] task<outcome<std::optional<frame>>> next() { return impl_ ? impl_->next() : next_of_nothing(); }

private:
    struct interface {
        interface() = default;
        interface(interface const&) = delete;
        interface& operator=(interface const&) = delete;
        virtual ~interface() = default;
        virtual exchange_head const& head() = 0;
        virtual task<outcome<std::optional<frame>>> next() = 0;
    };

    template <class S>
    struct model final : interface {
        explicit model(S s) : stream(std::move(s)) {}
        exchange_head const& head() override { return stream.head(); }
        task<outcome<std::optional<frame>>> next() override { return stream.next(); }
        S stream;
    };

    static task<outcome<std::optional<frame>>> next_of_nothing()
    {
        co_return failure(errc::internal, "There is no reply to read from.");
    }

    std::unique_ptr<interface> impl_;
};

/// Models Transport. Default-constructed or moved-from it is empty: open() fails with errc::internal.
class any_transport {
public:
    using stream = any_stream;

    any_transport() = default;

    /// Takes the transport over.
    template <Transport T>
    explicit any_transport(std::unique_ptr<T> transport)
        : impl_(std::make_unique<model<std::unique_ptr<T>>>(std::move(transport)))
    {
    }

    /// Refers to a transport that must outlive this object.
    template <class T>
    requires(!std::same_as<T, any_transport>) && Transport<T> explicit any_transport(T& transport)
        : impl_(std::make_unique<model<T*>>(&transport))
    {
    }

    /// See Transport. This object must outlive the task, not the stream.
    [[nodiscard]] task<outcome<stream>> open(exchange_request request, std::stop_token stop)
    {
        return impl_ ? impl_->open(std::move(request), std::move(stop)) : open_nothing();
    }

private:
    struct interface {
        interface() = default;
        interface(interface const&) = delete;
        interface& operator=(interface const&) = delete;
        virtual ~interface() = default;
        virtual task<outcome<any_stream>> open(exchange_request request, std::stop_token stop) = 0;
    };

    template <class Pointer>
    struct model final : interface {
        explicit model(Pointer p) : transport(std::move(p)) {}

        task<outcome<any_stream>> open(exchange_request request, std::stop_token stop) override
        {
            auto opened = co_await transport->open(std::move(request), std::move(stop));
            if (!opened)
                co_return opened.error();
            co_return any_stream(std::move(*opened));
        }

        Pointer transport;
    };

    static task<outcome<any_stream>> open_nothing()
    {
        co_return failure(errc::internal, "There is no transport to send the request with.");
    }

    std::unique_ptr<interface> impl_;
};

static_assert(FrameStream<any_stream>);
static_assert(Transport<any_transport>);

} // namespace ocx::transport
