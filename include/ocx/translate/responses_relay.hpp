// The reply of POST /v1/responses. Streaming: upstream's events, byte for byte where nothing of ours is in them, with
// dense sequence numbers and full lifecycle objects. Not streaming: the final Response object alone. A model of reply.
#pragma once

#include "ocx/translate/member_edits.hpp"
#include "ocx/translate/reply_core.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ocx::translate {

class responses_relay final : public reply_core {
public:
    /// A response in the background is taken up behind the events that begin() gives its client: created and queued.
    OCX_DECL responses_relay(call_plan const& plan, std::int64_t now);

    [[nodiscard]] std::string body() override { return std::move(body_); }
    [[nodiscard]] OCX_DECL std::string document(std::string_view status) const override;

private:
    OCX_DECL void on_begin() override;
    OCX_DECL void on_opening(event_row const& row, json::view response) override;
    OCX_DECL void on_notice(event_row const& row, json::view event) override;
    OCX_DECL void on_step(item_step const& step) override;
    OCX_DECL void on_hot_step(protocol::delta_event const& scanned, std::string_view data,
                              item_step const& step) override;
    OCX_DECL void on_end(ending const& how, json::view response) override;
    OCX_DECL void on_failure(failure const& why, json::view response) override;

    /// response.created must be the first event and response.in_progress the next, whatever upstream began with.
    OCX_DECL void ensure_created(json::view response);
    OCX_DECL void ensure_started();
    OCX_DECL void finish(std::string_view type, json::view response, response_state state);
    OCX_DECL void write_lifecycle(std::string_view type, json::view response, response_state const& state);
    OCX_DECL void relay(item_step const& step);
    OCX_DECL void synthesise(item_step const& step);
    OCX_DECL void send(std::string_view type, json::view source, member_edits& edits);
    OCX_DECL void edit_position(member_edits& edits, item_step const& step) const;

    std::uint64_t next_number_ = 0;
    bool has_created_ = false;
    bool has_in_progress_ = false;
    std::string scratch_;
    std::string body_;
    std::string kept_; ///< the final object for the store
};

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/responses_relay.ipp"
#endif
