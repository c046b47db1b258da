// Bodies of auth/renewal.hpp.
#pragma once

#include "ocx/auth/renewal.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace ocx::auth {

namespace renewal_detail {

inline constexpr char const* log_in_again = "Run `ocx login` or `codex login`; no restart is needed.";
inline constexpr char const* wait = "Try again in a moment.";

inline constexpr duration first_pause = std::chrono::seconds(5);
inline constexpr duration longest_pause = std::chrono::seconds(60);

} // namespace renewal_detail

OCX_DECL failure const* renewal_memory::objection(codex_login const& login, time_point now) const
{
    // Exposed to be compared with the one that was refused.
    if (!dead_token_.empty() && dead_token_.expose() == login.refresh_token.expose())
        return &dead_why_;
    return now < not_before_ ? &trouble_why_ : nullptr;
}

OCX_DECL void renewal_memory::remember_dead(codex_login const& login, failure why)
{
    dead_token_ = login.refresh_token;
    dead_why_ = std::move(why);
}

OCX_DECL void renewal_memory::remember_trouble(time_point now, failure why)
{
    pause_ = std::clamp(pause_ * 2, renewal_detail::first_pause, renewal_detail::longest_pause);
    not_before_ = now + pause_;
    trouble_why_ = std::move(why);
}

OCX_DECL void renewal_memory::forget()
{
    *this = renewal_memory();
}

OCX_DECL renewal::renewal(renewal_reason why, renewal_mode mode, codex_login in_hand, renewal_memory& memory,
                          std::string path)
    : why_(why), mode_(mode), held_(std::move(in_hand)), memory_(memory), path_(std::move(path))
{
}

OCX_DECL failure renewal::sentence(std::string const& what, char const* remedy) const
{
    return failure(errc::unauthorized, "The Codex login in " + path_ + " " + what + ". " + remedy);
}

/// A token that is still good is used whatever became of its renewal; one that the backend refused is not good.
OCX_DECL renewal_action renewal::give_up(failure why, instant now)
{
    if (why_ == renewal_reason::ending && !has_ended(held_, now.wall))
        return renewal_action::use;
    error_ = std::move(why);
    return renewal_action::fail;
}

OCX_DECL failure renewal::not_ours_to_renew(instant now) const
{
    if (held_.kind == login_kind::personal_access_token)
        return failure(errc::unauthorized, "The Codex backend refused the personal access token in " + path_ +
                                               ". Make another one, or run `ocx login`.");
    if (mode_ == renewal_mode::active)
        return sentence(has_ended(held_, now.wall) ? "has expired and holds no refresh token"
                                                   : "was refused by the Codex backend and holds no refresh token",
                        renewal_detail::log_in_again);
    return failure(errc::unauthorized,
                   std::string(has_ended(held_, now.wall) ? "The Codex login in " + path_ + " has expired"
                                                          : "The Codex backend refused the login in " + path_) +
                       ", and this server was told not to renew it. Use the Codex CLI once to renew it, or run `ocx "
                       "login` or `codex login`; no restart is needed.");
}

OCX_DECL renewal_action renewal::start(instant now)
{
    auto const may_ask = mode_ == renewal_mode::active && held_.kind == login_kind::chatgpt;
    auto const* objection = may_ask ? memory_.objection(held_, now.steady) : nullptr;
    // The caller has just looked at the file, by its stamp: unless the token is refused, that was enough.
    if ((!may_ask || objection) && why_ == renewal_reason::ending)
        return give_up(objection ? *objection : not_ours_to_renew(now), now);
    return may_ask && !objection ? renewal_action::lock : renewal_action::read;
}

OCX_DECL renewal_action renewal::on_locked(outcome<> taken, instant now)
{
    if (taken) {
        phase_ = phase::locked;
        return renewal_action::read;
    }
    // Without the lock nothing is sent: a token that could not be written back would be spent for nothing.
    auto why = sentence("could not be renewed. " + taken.error().message.substr(0, taken.error().message.size() - 1),
                        renewal_detail::wait);
    memory_.remember_trouble(now.steady, why);
    verdict_ = std::move(why);
    phase_ = phase::refused_by_issuer; // look whether somebody else has done it
    return renewal_action::read;
}

OCX_DECL bool renewal::is_news(codex_login const& found) const
{
    return found.kind != held_.kind || !has_same_tokens(found, held_);
}

OCX_DECL renewal_action renewal::decide(codex_login const& found, instant now)
{
    // Exposed to be compared: with the same access token nothing is gained, and one about to end is renewed at once.
    auto const is_other = found.access_token.expose() != held_.access_token.expose();
    held_ = found;
    auto const about_to_end = found.expires && *found.expires <= unix_seconds(now.wall) + 60;
    if (is_other && !about_to_end)
        return renewal_action::use;
    if (is_other)
        why_ = renewal_reason::ending; // whatever was refused was not this one
    if (phase_ == phase::looking) {
        auto const* objection = mode_ == renewal_mode::active ? memory_.objection(held_, now.steady) : nullptr;
        return give_up(objection ? *objection : not_ours_to_renew(now), now);
    }
    if (held_.kind != login_kind::chatgpt || held_.refresh_token.empty())
        return give_up(not_ours_to_renew(now), now);
    if (auto const* objection = memory_.objection(held_, now.steady))
        return give_up(*objection, now);
    return renewal_action::post;
}

OCX_DECL renewal_action renewal::on_read(outcome<codex_login> const& found, instant now)
{
    if (!found) {
        auto const is_half_written = std::string_view(found.error().code) == code_not_json;
        if (is_half_written)
            return give_up(phase_ == phase::refused_by_issuer ? verdict_ : found.error(), now);
        error_ = found.error(); // logged out meanwhile, or into something that this server cannot use
        return renewal_action::fail;
    }
    switch (phase_) {
    case phase::looking:
    case phase::locked:
        return decide(*found, now);
    case phase::overtaken:
        return renewal_action::use;
    case phase::refused_by_issuer:
    case phase::asked:
        break;
    }
    if (is_news(*found))
        return renewal_action::use; // somebody else has won the race: his tokens are the good ones
    return give_up(verdict_, now);
}

OCX_DECL renewal_action renewal::on_reply(token_reply const& reply, instant now)
{
    phase_ = phase::asked;
    if (reply.verdict == token_verdict::granted) {
        memory_.forget();
        return renewal_action::store;
    }
    verdict_ = sentence(reply.verdict == token_verdict::transient ? "could not be renewed: " + reply.what
                                                                  : "can no longer be renewed: " + reply.what,
                        is_permanent(reply.verdict) ? renewal_detail::log_in_again : renewal_detail::wait);
    phase_ = phase::refused_by_issuer;
    if (is_permanent(reply.verdict))
        memory_.remember_dead(held_, verdict_);
    else
        memory_.remember_trouble(now.steady, verdict_);
    return renewal_action::read;
}

OCX_DECL renewal_action renewal::on_stored(outcome<stored> const& done)
{
    if (done && *done == stored::changed_meanwhile) {
        phase_ = phase::overtaken;
        return renewal_action::read;
    }
    if (!done && std::string_view(done.error().code) == code_missing) {
        error_ = done.error(); // logged out while we asked: the file is not made anew
        return renewal_action::fail;
    }
    return renewal_action::use;
}

} // namespace ocx::auth
