// The responses that clients come back for: those that are kept, and those that still run in the background. Their
// endpoints, and what the turns of a chain need of them. Runs end here as records; nothing is ever sent upstream.
#pragma once

#include "ocx/gateway/environment.hpp"
#include "ocx/gateway/run.hpp"
#include "ocx/store/response_store.hpp"
#include "ocx/translate/turn_text.hpp"
#include "ocx/util/event_sink.hpp"
#include "ocx/util/query.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace ocx::gateway {

/// Must outlive every task it returned and every run it follows. Answers through `out` exactly once.
template <Environment E>
class stored_responses {
public:
    using store_type = store::response_store<translate::turn_text>;
    using turn = store_type::link;

    explicit stored_responses(E& env);
    stored_responses(stored_responses const&) = delete;
    stored_responses& operator=(stored_responses const&) = delete;

    [[nodiscard]] bool keeps_anything() const noexcept { return store_.keeps_anything(); }

    /// The last turn of the chain that ends with the response `id`; null when that is not stored. It stays whole for as
    /// long as somebody holds it.
    [[nodiscard]] turn find_turn(std::string_view id) const;
    /// That turn and those before it, which must be held for as long as the history is used.
    [[nodiscard]] static translate::history history_of(turn const& last);

    /// What the request of a response said, while that runs in the background or is stored; nullptr otherwise. Valid
    /// until something else of this is called.
    [[nodiscard]] translate::turn_text const* said_by(std::string const& id) const;

    /// A turn that is no response: what a conversation says to those that go on with it. It counts with the others.
    [[nodiscard]] turn make_turn(translate::turn_text own, turn before) const
    {
        return store_.make_turn(std::move(own), std::move(before));
    }

    /// Keeps what becomes of `self`, the turn after `before` (may be null), and lets clients find it while it runs in
    /// the background. Call before anything of the run can be read. Does nothing when its plan is not to be stored.
    void follow(std::shared_ptr<run> const& self, turn before);

    /// GET /v1/responses/{id}
    task<> retrieve(std::string id, query_list query, event_sink& out);
    /// DELETE /v1/responses/{id}: one that still runs is stopped.
    task<> remove(std::string id, event_sink& out);
    /// POST /v1/responses/{id}/cancel
    task<> cancel(std::string id, event_sink& out);
    /// GET /v1/responses/{id}/input_items
    task<> input_items(std::string id, query_list query, event_sink& out);

    /// How many are kept, and what they take with all their turns.
    [[nodiscard]] std::size_t size() const noexcept { return store_.size(); }
    [[nodiscard]] std::size_t bytes() const noexcept { return store_.bytes(); }

private:
    void keep(run const& ended, turn before);
    [[nodiscard]] std::shared_ptr<run> running(std::string const& id) const;

    E& env_;
    store_type store_;
    std::unordered_map<std::string, std::shared_ptr<run>> running_; ///< in the background; bounded by the limiter
};

} // namespace ocx::gateway

#include "ocx/gateway/impl/stored_responses.hpp"
