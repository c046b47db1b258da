// Credentials from the Codex login file, shared with the Codex CLI and whoever else renews it: the file is looked at
// before each use, another token is adopted as soon as it is there, and one that ends is renewed, once for all callers
// and once for all our processes. What happens in which order is decided in auth/renewal.hpp; this waits.
#pragma once

#include "ocx/auth/codex_login.hpp"
#include "ocx/auth/concept.hpp"
#include "ocx/auth/issuer_client.hpp"
#include "ocx/auth/login_store.hpp"
#include "ocx/auth/renewal.hpp"
#include "ocx/util/clock.hpp"
#include "ocx/util/logger.hpp"
#include "ocx/util/outcome.hpp"
#include "ocx/util/signal.hpp"
#include "ocx/util/task.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>

namespace ocx::auth {

struct login_options {
    login_options() = default;

    renewal_mode mode = renewal_mode::active;
    secret<std::string> given_token; ///< of CODEX_ACCESS_TOKEN; used instead of the file when not empty
    logger log;
    write_probe probe; ///< for tests
};

/// Models CredentialSource. One thread; any number of coroutines may wait in it at a time. `clock` must outlive it. It
/// may be moved until the first call.
template <Clock C>
class login_source {
public:
    login_source(C& clock, boost::asio::any_io_executor executor, std::string path, issuer_client issuer,
                 login_options options);

    /// The credential to use now: the one in the file, renewed when it is about to end. A file that is being rewritten
    /// is read again after 50 ms, twice; while it stays unreadable the token in hand is used. Failures: those of
    /// load_login(), check_usable() and, once the access token has ended, of the renewal.
    task<outcome<credential>> current();

    /// After a 401: what the file holds when that is another token, else a renewed one, else unauthorized.
    task<outcome<credential>> renew(std::uint64_t seen);

    /// The login behind the last credential, for messages. Only after current() has succeeded.
    [[nodiscard]] codex_login const& login() const noexcept { return *login_; }

private:
    enum class look : std::uint8_t { when_changed, always };

    /// A piece of work that any number of callers wait for.
    struct flight {
        explicit flight(renewal_reason w) : why(w) {}

        renewal_reason why;
        outcome<> result = failure(errc::internal, "The renewal of the login broke off.");
        std::list<ocx::signal> waiting;
    };
    class landing;

    task<outcome<>> read_file(look how);
    task<outcome<>> renewed(renewal_reason why);
    task<outcome<>> fly(renewal_reason why);
    task<outcome<>> take_lock(std::optional<login_lock>& lock);
    task<outcome<stored>> store(codex_login const& posted, token_set const& fresh);
    task<outcome<>> identify();
    task<> save_again();
    void adopt(loaded_login loaded);
    void take(codex_login const& posted, token_set const& fresh);
    [[nodiscard]] credential in_hand() const;
    [[nodiscard]] instant now() const { return instant(clock_.wall(), clock_.now()); }

    C& clock_;
    boost::asio::any_io_executor executor_;
    std::string path_;
    issuer_client issuer_;
    login_options options_;
    renewal_memory memory_;
    std::shared_ptr<flight> flight_;
    std::optional<codex_login> login_;
    file_stamp stamp_;
    std::uint64_t generation_ = 0;

    /// New tokens that could not be written: the file still holds `posted`, which is spent.
    struct unsaved {
        codex_login posted;
        token_set fresh;
        time_point again;
    };
    std::optional<unsaved> unsaved_;

    std::optional<token_owner> owner_; ///< of a personal access token
    time_point ask_owner_again_{};
};

} // namespace ocx::auth

#include "ocx/auth/impl/login_source.hpp"
