// Lets Catch print outcome<T> whatever T is: a failed CHECK(result) shows the failure's sentence. Include it in tests
// that check outcomes as conditions.
#pragma once

#include "support/catch.hpp"

#include "ocx/util/outcome.hpp"

#include <string>

namespace Catch {

template <class T>
struct StringMaker<boost::system::result<T, ocx::failure>> {
    static std::string convert(boost::system::result<T, ocx::failure> const& result)
    {
        if (result)
            return "a value";
        auto const reason = std::to_string(static_cast<int>(result.error().reason));
        return "failure(errc " + reason + ", \"" + result.error().message + "\")";
    }
};

} // namespace Catch
