// One fixed credential: for tests, for replay, which needs none, and for whoever brings a token of his own.
#pragma once

#include "ocx/auth/concept.hpp"
#include "ocx/util/outcome.hpp"
#include "ocx/util/task.hpp"

#include <cstdint>
#include <utility>

namespace ocx::auth {

/// Models CredentialSource. renew() always fails: there is nothing to renew.
class static_source {
public:
    static_source() = default;
    explicit static_source(credential fixed) : fixed_(std::move(fixed)) {}

    task<outcome<credential>> current() { co_return fixed_; }

    task<outcome<credential>> renew(std::uint64_t)
    {
        failure refused(errc::unauthorized, "The backend refused the access token, and there is no way to renew it.");
        co_return refused;
    }

private:
    credential fixed_;
};

static_assert(CredentialSource<static_source>);

} // namespace ocx::auth
