#include "ocx/util/yield.hpp"

#include "support/catch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <string>

using namespace ocx;

namespace {

task<> count(boost::asio::any_io_executor executor, char name, std::string& order)
{
    for (int i = 0; i < 3; ++i) {
        order += name;
        co_await let_others_run(executor);
    }
}

} // namespace

TEST_CASE("yield: long work takes turns", "[util]")
{
    boost::asio::io_context loop;
    std::string order;

    boost::asio::co_spawn(loop, count(loop.get_executor(), 'a', order), boost::asio::detached);
    boost::asio::co_spawn(loop, count(loop.get_executor(), 'b', order), boost::asio::detached);
    loop.run();

    CHECK(order == "ababab");
}
