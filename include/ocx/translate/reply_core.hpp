// What both repliers have in common: reading events, knowing how far the reply is, collecting items, telling success,
// truncation and failure apart. It writes nothing; responses_relay.hpp and chat_reply.hpp say it in their API's words.
#pragma once

#include "ocx/protocol/delta_scan.hpp"
#include "ocx/translate/abstract_reply.hpp"
#include "ocx/translate/item_book.hpp"
#include "ocx/translate/response_object.hpp"
#include "ocx/util/config.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ocx::translate {

/// How a response that did not fail ended.
struct ending {
    bool is_incomplete = false;
    std::string reason; ///< incomplete_details.reason, empty when complete or unsaid
};

class reply_core : public reply, protected step_sink {
public:
    reply_core(call_plan const& plan, std::int64_t now)
        : plan_(plan), now_(now), facts_(plan.model, now), book_(plan, *this)
    {
        if (!plan.response_id.empty())
            facts_.begin_as(plan.response_id);
    }

    void begin(std::string& out) final
    {
        out_ = &out;
        on_begin();
        out_ = nullptr;
    }
    OCX_DECL progress on_event(std::string_view name, std::string_view data, std::string& out) final;
    OCX_DECL void on_cut(failure why, std::string& out) final;
    [[nodiscard]] bool is_ending() const noexcept final { return !is_finished_ && told_.has_value(); }
    [[nodiscard]] bool is_cut_short() const noexcept final { return is_finished_ && cut_.has_value(); }
    [[nodiscard]] failure const* error() const noexcept final { return error_ ? &*error_ : nullptr; }
    [[nodiscard]] std::vector<finished_item> take_items() final { return book_.take_finished(); }
    [[nodiscard]] std::vector<std::string> output() const final { return book_.said_items(); }
    [[nodiscard]] std::string_view response_id() const noexcept final { return facts_.id(); }
    [[nodiscard]] OCX_DECL std::optional<usage_counts> usage() const noexcept final;

protected:
    virtual void on_begin() {}
    /// created, queued or in_progress; `response` may be absent.
    virtual void on_opening(event_row const& row, json::view response) = 0;
    /// A delta that the scanner read; `data` is the event as it came and stands for step.source, which is not set.
    virtual void on_hot_step(protocol::delta_event const&, std::string_view /*data*/, item_step const& step)
    {
        on_step(step);
    }
    /// A public event that belongs to no item.
    virtual void on_notice(event_row const& row, json::view event) = 0;
    /// All items are finished, the facts are known.
    virtual void on_end(ending const& how, json::view response) = 0;
    virtual void on_failure(failure const& why, json::view response) = 0;

    /// Where output goes; valid during a call only.
    [[nodiscard]] std::string& out() const noexcept { return *out_; }
    [[nodiscard]] call_plan const& plan() const noexcept { return plan_; }
    [[nodiscard]] response_facts const& facts() const noexcept { return facts_; }
    [[nodiscard]] item_book const& book() const noexcept { return book_; }
    /// From within on_step(): the reply ends here as `how` says, and on_end() follows when the event was read. Steps
    /// may still come until then.
    void cut_short(ending how) { cut_ = std::move(how); }
    /// Call before ids are shown: a stream can start without response.created.
    void settle_facts() { facts_.settle(); }

private:
    OCX_DECL bool on_scanned(std::string_view data);
    OCX_DECL void on_json(std::string_view name, json::view event);
    OCX_DECL void on_terminal(event_row const& row, json::view response);
    OCX_DECL void learn(json::view response);
    OCX_DECL void end_if_cut();
    OCX_DECL void fail(failure why, json::view response);
    [[nodiscard]] OCX_DECL failure failure_of(json::view response) const;
    [[nodiscard]] progress state() const noexcept
    {
        return is_finished_ ? progress::finished : is_speaking_ ? progress::speaking : progress::opening;
    }

    call_plan const& plan_;
    std::int64_t now_;
    response_facts facts_;
    item_book book_;
    std::string* out_ = nullptr;
    std::string one_line_;
    event_row hot_row_;           ///< of the last delta: the next one is nearly always of the same type
    std::optional<failure> told_; ///< by an `error` event
    std::optional<failure> error_;
    std::optional<ending> cut_; ///< we end the reply, not upstream
    bool is_speaking_ = false;
    bool is_finished_ = false;
};

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/reply_core.ipp"
#endif
