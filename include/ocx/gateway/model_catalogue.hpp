// The backend's model list, asked for at most once per lifetime and shared by everyone who needs it. When upstream
// cannot be asked, the last good list serves, and before there is one, the built-in list.
#pragma once

#include "ocx/gateway/environment.hpp"
#include "ocx/protocol/model.hpp"
#include "ocx/util/headers.hpp"
#include "ocx/util/signal.hpp"

#include <list>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::gateway {

template <Environment E>
class model_catalogue {
public:
    explicit model_catalogue(E& env) : env_(env), models_(protocol::builtin_catalogue()) {}

    /// Asks upstream when the last answer is older than settings::models_ttl. Callers that come while the question is
    /// on its way wait for that answer. Never fails: what is known already stays.
    task<> freshen(std::stop_token stop);

    /// Whether a question is on its way.
    [[nodiscard]] bool is_asking() const noexcept { return is_asking_; }

    /// What is known now. Changed by freshen() only.
    [[nodiscard]] std::vector<protocol::model_entry> const& models() const noexcept { return models_; }

    /// What is known of `slug`, or nullptr. Valid until the next freshen().
    [[nodiscard]] protocol::model_entry const* find(std::string_view slug) const;

    /// A reply named the catalogue version it was made with (x-models-etag): a different one makes ours stale.
    void note_etag(std::string_view etag);

private:
    task<outcome<>> ask(std::stop_token stop);

    E& env_;
    std::vector<protocol::model_entry> models_;
    std::string etag_;
    std::optional<time_point> fetched_;
    std::list<signal*> waiting_;
    bool is_asking_ = false;
};

} // namespace ocx::gateway

#include "ocx/gateway/impl/model_catalogue.hpp"
