// When a login is renewed and what happens next, as a machine that never waits: the driver (auth/login_source.hpp) does
// what an action says and reports what came of it. The order of steps is the one that keeps single-use refresh tokens
// alive while several programs share the file: lock, read again, compare, only then ask, compare again, write.
#pragma once

#include "ocx/auth/codex_login.hpp"
#include "ocx/auth/login_store.hpp"
#include "ocx/auth/token_reply.hpp"
#include "ocx/redact/secret.hpp"
#include "ocx/util/clock.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <cstdint>
#include <string>

namespace ocx::auth {

enum class renewal_reason : std::uint8_t {
    ending, ///< the access token ends soon; it may still be good
    refused ///< the backend answered 401; it is not
};

enum class renewal_mode : std::uint8_t {
    active,   ///< asks the token endpoint
    read_only ///< waits for another program to renew the login
};

/// Both clocks at one moment.
struct instant {
    instant(wall_time w, time_point s) : wall(w), steady(s) {}

    wall_time wall;
    time_point steady;
};

/// What one renewal leaves behind for the next: a refresh token that is dead for good is not sent again until the file
/// holds another one, and an endpoint in trouble is not asked with every request.
class renewal_memory {
public:
    /// Why the refresh token of `login` is not to be sent now; nullptr: it may be.
    [[nodiscard]] OCX_DECL failure const* objection(codex_login const& login, time_point now) const;

    OCX_DECL void remember_dead(codex_login const& login, failure why);
    OCX_DECL void remember_trouble(time_point now, failure why);
    OCX_DECL void forget();

private:
    secret<std::string> dead_token_;
    failure dead_why_;
    failure trouble_why_;
    time_point not_before_{};
    duration pause_{};
};

/// What the driver does next. The login in hand is always the one read or received last.
enum class renewal_action : std::uint8_t {
    lock,  ///< take the lock among processes, then on_locked()
    read,  ///< read the file, whatever its stamp says, make its login the one in hand, then on_read()
    post,  ///< send the refresh token of the login in hand, then on_reply()
    store, ///< write the new tokens over the ones that were sent, unless the file has changed, then on_stored()
    use,   ///< done: the login in hand is to be used
    fail   ///< done: error() says why there is none
};

/// One renewal. Every call gives the next action; none waits.
class renewal {
public:
    /// `path` is for messages. `memory` must outlive the object.
    OCX_DECL renewal(renewal_reason why, renewal_mode mode, codex_login in_hand, renewal_memory& memory,
                     std::string path);

    [[nodiscard]] OCX_DECL renewal_action start(instant now);

    /// A failure: the lock cannot be had, now or at all.
    [[nodiscard]] OCX_DECL renewal_action on_locked(outcome<> taken, instant now);

    /// The login in the file, or why there is none.
    [[nodiscard]] OCX_DECL renewal_action on_read(outcome<codex_login> const& found, instant now);

    /// What the endpoint said; when it could not be asked, that is transient, too.
    [[nodiscard]] OCX_DECL renewal_action on_reply(token_reply const& reply, instant now);

    /// Whether the tokens were written. A failure: they are in our memory only.
    [[nodiscard]] OCX_DECL renewal_action on_stored(outcome<stored> const& done);

    /// After `fail`. Always errc::unauthorized, with a sentence that says what to run.
    [[nodiscard]] failure const& error() const noexcept { return error_; }

private:
    enum class phase : std::uint8_t { looking, locked, asked, refused_by_issuer, overtaken };

    [[nodiscard]] renewal_action give_up(failure why, instant now);
    [[nodiscard]] renewal_action decide(codex_login const& found, instant now);
    [[nodiscard]] bool is_news(codex_login const& found) const;
    [[nodiscard]] failure sentence(std::string const& what, char const* remedy) const;
    [[nodiscard]] failure not_ours_to_renew(instant now) const;

    renewal_reason why_;
    renewal_mode mode_;
    phase phase_ = phase::looking;
    codex_login held_; ///< when the renewal began, then the one whose refresh token is sent
    renewal_memory& memory_;
    std::string path_;
    failure error_;
    failure verdict_; ///< of the issuer, until the file has been looked at once more
};

} // namespace ocx::auth

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/auth/impl/renewal.ipp"
#endif
