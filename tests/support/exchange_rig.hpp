// Drives one exchange of a transport on a real event loop: open, read everything, report.
#pragma once

#include "ocx/transport/https.hpp"

#include "support/run_io.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace ocx::testing {

/// What came of one exchange, up to its end or its failure.
struct exchange_result {
    exchange_result() = default;

    unsigned status = 0;
    header_list headers;
    std::vector<std::string> frames;
    std::string body;
    bool is_complete = false;
    std::optional<failure> error;

    [[nodiscard]] errc reason() const
    {
        return error ? error->reason : throw std::logic_error("the exchange succeeded");
    }
};

inline task<> fetch_into(transport::https_transport& transport, transport::exchange_request request,
                         std::stop_token stop, exchange_result& result)
{
    auto opened = co_await transport.open(std::move(request), stop);
    if (!opened) {
        result.error = opened.error();
        co_return;
    }
    result.status = opened->head().status;
    result.headers = opened->head().headers;
    for (;;) {
        auto const got = co_await opened->next();
        if (!got)
            result.error = got.error();
        result.is_complete = got && !*got;
        if (!got || !*got)
            co_return;
        result.frames.emplace_back((*got)->bytes);
        result.body += (*got)->bytes;
    }
}

inline task<exchange_result> fetch(transport::https_transport& transport, transport::exchange_request request,
                                   std::stop_token stop)
{
    exchange_result result;
    co_await fetch_into(transport, std::move(request), stop, result);
    co_return result;
}

inline transport::exchange_request post(std::string target, std::string body = "{}")
{
    transport::exchange_request request("POST", std::move(target));
    request.body = std::move(body);
    return request;
}

/// An event loop with a transport to `url`.
class exchange_rig {
public:
    explicit exchange_rig(transport::https_options options)
        : transport_(*transport::https_transport::create(loop_.get_executor(), std::move(options)))
    {
    }
    explicit exchange_rig(std::string url) : exchange_rig(options_for(std::move(url))) {}

    static transport::https_options options_for(std::string url)
    {
        transport::https_options options;
        options.base_url = std::move(url);
        return options;
    }

    exchange_result run(transport::exchange_request request, std::stop_token stop = {})
    {
        return run_io(loop_, fetch(*transport_, std::move(request), std::move(stop)));
    }

    /// Starts without waiting for the end; turn the loop with until().
    void start(transport::exchange_request request, std::stop_token stop, exchange_result& result)
    {
        boost::asio::co_spawn(loop_, fetch_into(*transport_, std::move(request), std::move(stop), result),
                              boost::asio::detached);
    }

    template <class Condition>
    bool until(Condition condition)
    {
        return run_until(loop_, condition);
    }

    [[nodiscard]] transport::https_transport& transport() noexcept { return *transport_; }
    [[nodiscard]] boost::asio::io_context& loop() noexcept { return loop_; }

private:
    boost::asio::io_context loop_;
    std::unique_ptr<transport::https_transport> transport_;
};

} // namespace ocx::testing
