// A client that prints, and a reader of what it got: in a second translation unit on purpose.
#pragma once

#include <ocx/ocx.hpp>

#include <string>

class printing_sink final : public ocx::event_sink {
public:
    ocx::task<ocx::outcome<>> respond(unsigned status, ocx::header_list headers, std::string bytes) override;
    ocx::task<ocx::outcome<>> start(unsigned status, ocx::header_list headers) override;
    ocx::task<ocx::outcome<>> write(std::string_view bytes) override;
    ocx::task<ocx::outcome<>> finish() override;
    std::stop_token gone() const override { return {}; }
    bool started() const noexcept override { return false; }

    std::string body;
};

/// The message text of a chat completion.
std::string content_of(std::string const& completion);
