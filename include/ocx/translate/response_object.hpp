// The Response object as clients get it: every key of the public schema, in the official order, on every lifecycle
// event. Upstream's values are kept byte for byte unless the request's own word (plan.echo) or we say otherwise.
// Used by responses_relay.hpp; the facts are shared with the chat side.
#pragma once

#include "ocx/translate/plan.hpp"
#include "ocx/translate/token_usage.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ocx::translate {

/// What a response is, learnt from its lifecycle events. The first word counts: ids and dates never change in a stream.
class response_facts {
public:
    response_facts(std::string_view model, std::int64_t now) : model_(model), now_(now) {}

    /// The id and the date are ours, whatever upstream says: the client knows them already.
    void begin_as(std::string id)
    {
        id_ = std::move(id);
        created_at_ = now_;
    }
    /// Takes the `response` member of a lifecycle event; anything but an object teaches nothing.
    OCX_DECL void learn(json::view response);
    /// Makes up what nobody said; call before the facts are shown.
    OCX_DECL void settle();

    [[nodiscard]] std::string const& id() const noexcept { return id_; }
    [[nodiscard]] std::string const& model() const noexcept { return model_; }
    [[nodiscard]] std::string const& service_tier() const noexcept { return service_tier_; }
    [[nodiscard]] std::int64_t created_at() const noexcept { return created_at_.value_or(now_); }
    /// The best completion time there is: upstream's, else the later of what we know to be before it.
    [[nodiscard]] OCX_DECL std::int64_t completed_at() const noexcept;
    [[nodiscard]] std::optional<token_usage> const& usage() const noexcept { return usage_; }
    /// Upstream will not tell the usage any more: `estimated` stands for it.
    void supply_usage(token_usage const& estimated) { usage_ = usage_.value_or(estimated); }
    /// The first lifecycle object as upstream sent it; "{}" when there was none.
    [[nodiscard]] std::string_view base() const noexcept { return base_; }

private:
    std::string id_;
    std::string model_;
    std::string service_tier_;
    std::string base_ = "{}";
    std::int64_t now_ = 0;
    std::optional<std::int64_t> created_at_;
    std::optional<std::int64_t> completed_at_;
    std::optional<token_usage> usage_;
    bool has_model_ = false;
};

/// The members that are ours to decide; the rest is upstream's or echoed.
struct response_state {
    std::string_view status = "in_progress";
    std::string error = "null";
    std::string incomplete_details = "null";
    std::string output = "[]";
    bool has_usage = false; ///< show the facts' usage; it may still be null
};

/// Appends the object. `current` is the event's own `response`, absent for a synthesised event.
OCX_DECL void write_response(std::string& out, call_plan const& plan, response_facts const& facts, json::view current,
                             response_state const& state);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/response_object.ipp"
#endif
