// util/task_group: who is counted and when the wait ends.
#include "ocx/util/task_group.hpp"

#include "ocx/util/signal.hpp"

#include "support/catch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <stdexcept>

namespace {

using ocx::task;
namespace asio = boost::asio;

task<> until(ocx::signal& go)
{
    co_await go.wait();
}

task<> nothing()
{
    co_return;
}

task<> broken()
{
    throw std::runtime_error("bug");
    co_return;
}

task<> wait_and_note(ocx::task_group& group, std::stop_token stop, bool& done)
{
    co_await group.wait_empty(stop);
    done = true;
}

void start(asio::io_context& loop, task<> work)
{
    asio::co_spawn(loop, std::move(work), [](std::exception_ptr) {});
}

TEST_CASE("task_group: the wait ends with the last task", "[util]")
{
    asio::io_context loop;
    ocx::task_group group(loop.get_executor());
    ocx::signal first(loop.get_executor());
    ocx::signal second(loop.get_executor());
    bool done = false;
    group.spawn(until(first));
    group.spawn(until(second));
    start(loop, wait_and_note(group, {}, done));

    loop.poll();
    CHECK(group.size() == 2);
    first.notify();
    loop.poll();
    CHECK(group.size() == 1);
    CHECK_FALSE(done);
    second.notify();
    loop.poll();
    CHECK(group.size() == 0);
    CHECK(done);
}

TEST_CASE("task_group: an empty group is not waited for, even after an earlier end was noted", "[util]")
{
    asio::io_context loop;
    ocx::task_group group(loop.get_executor());
    ocx::signal go(loop.get_executor());
    bool done = false;
    start(loop, wait_and_note(group, {}, done));
    loop.poll();
    CHECK(done);

    group.spawn(nothing());
    loop.restart();
    loop.poll();
    group.spawn(until(go));
    done = false;
    start(loop, wait_and_note(group, {}, done));
    loop.restart();
    loop.poll();
    CHECK_FALSE(done);
    go.notify();
    loop.poll();
    CHECK(done);
}

TEST_CASE("task_group: a stop ends the wait but not the tasks", "[util]")
{
    asio::io_context loop;
    ocx::task_group group(loop.get_executor());
    ocx::signal go(loop.get_executor());
    std::stop_source stop;
    bool done = false;
    group.spawn(until(go));
    start(loop, wait_and_note(group, stop.get_token(), done));
    loop.poll();

    stop.request_stop();
    loop.poll();
    CHECK(done);
    CHECK(group.size() == 1);
    go.notify();
    loop.poll();
    CHECK(group.size() == 0);
}

TEST_CASE("task_group: an exception leaves the event loop and the task is counted as ended", "[util]")
{
    asio::io_context loop;
    ocx::task_group group(loop.get_executor());
    group.spawn(broken());
    CHECK_THROWS_AS(loop.poll(), std::runtime_error);
    CHECK(group.size() == 0);
}

TEST_CASE("task_group: tasks may outlive the group", "[util]")
{
    asio::io_context loop;
    ocx::signal go(loop.get_executor());
    auto group = std::make_unique<ocx::task_group>(loop.get_executor());
    group->spawn(until(go));
    loop.poll();
    group.reset();
    go.notify();
    loop.poll();
    CHECK(loop.stopped());
}

} // namespace
