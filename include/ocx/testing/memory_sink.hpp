// A client in memory: keeps what the gateway sends, can refuse to read, can hang up.
#pragma once

#include "ocx/util/event_sink.hpp"

#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ocx::testing {

class memory_sink final : public event_sink {
public:
    task<outcome<>> respond(unsigned s, header_list h, std::string b) override
    {
        status = s;
        headers = std::move(h);
        body = std::move(b);
        is_finished = true;
        co_return result();
    }

    task<outcome<>> start(unsigned s, header_list h) override
    {
        status = s;
        headers = std::move(h);
        is_stream = true;
        co_return result();
    }

    task<outcome<>> write(std::string_view bytes) override
    {
        body.append(bytes);
        writes.emplace_back(bytes);
        if (hang_up_after != 0 && writes.size() >= hang_up_after)
            hang_up();
        co_return result();
    }

    task<outcome<>> finish() override
    {
        is_finished = true;
        co_return result();
    }

    [[nodiscard]] std::stop_token gone() const override { return gone_.get_token(); }
    [[nodiscard]] bool started() const noexcept override { return status != 0; }
    [[nodiscard]] request_notes* notes() noexcept override { return &noted; }

    /// The client closes its connection.
    void hang_up() { gone_.request_stop(); }

    unsigned status = 0;
    header_list headers;
    std::string body;
    std::vector<std::string> writes;
    std::size_t hang_up_after = 0; ///< number of writes after which the client leaves; 0: never
    bool is_stream = false;
    bool is_finished = false;
    request_notes noted; ///< what the log would be told

private:
    [[nodiscard]] outcome<> result() const
    {
        if (gone_.stop_requested())
            return failure(errc::connection_lost, "The client closed the connection.");
        return {};
    }

    std::stop_source gone_;
};

} // namespace ocx::testing
