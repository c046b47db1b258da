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
    explicit model_catalogue(E& env);

    /// Asks upstream when the last answer is older than settings::models_ttl. Callers that come while the question is
    /// on its way wait for that answer. Never fails: what is known already stays.
    task<> freshen(std::stop_token stop);

    /// Whether a question is on its way.
    [[nodiscard]] bool is_asking() const noexcept { return is_asking_; }

    /// What is known now. Changed by freshen() only.
    [[nodiscard]] std::vector<protocol::model_entry> const& models() const noexcept { return models_; }

    /// What is known of `slug`, or nullptr. Valid until the next freshen().
    [[nodiscard]] protocol::model_entry const* find(std::string_view slug) const;

    /// The backend's document as it came, or the built-in list in its shape, and the entity tag of that text. The same
    /// rules as for models().
    [[nodiscard]] std::string const& document() const noexcept { return document_; }
    [[nodiscard]] std::string const& document_tag() const noexcept { return document_tag_; }

    /// A reply named the catalogue version it was made with (x-models-etag): a different one makes ours stale.
    void note_etag(std::string_view etag);

private:
    task<outcome<>> ask(std::stop_token stop);
    void keep(std::string document);

    E& env_;
    std::vector<protocol::model_entry> models_;
    std::string etag_;         // the backend's; empty for the built-in list
    std::string document_;     // at most max_catalogue_bytes
    std::string document_tag_; // etag_, or one of our making
    std::optional<time_point> fetched_;
    std::list<signal*> waiting_;
    bool is_asking_ = false;
};

} // namespace ocx::gateway

#include "ocx/gateway/impl/model_catalogue.hpp"
