// POST /v1/audio/transcriptions: the client's form as the form of the backend's own transcription route (codex-protocol
// 7.8), and its answer in the API's words. Pure; audio is neither read nor changed.
#pragma once

#include "ocx/translate/request_context.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::translate {

enum class transcription_format : std::uint8_t { json, text };

struct transcription_plan {
    transcription_plan() = default;

    std::string model;         ///< as the client named it, or the one that answers
    std::string content_type;  ///< of upstream_body
    std::string upstream_body; ///< a form with the file as it came, `prompt` and `language`
    transcription_format format = transcription_format::json;
    /// For x-ocx-ignored and x-ocx-adjusted, as in call_plan.
    std::vector<std::string> ignored;
    std::vector<std::string> adjusted;
};

/// The backend has one model, whatever the client names.
inline constexpr char const* transcription_model = "gpt-4o-transcribe";

/// @param content_type of the body, which must be multipart/form-data. context.random_uuid makes the boundary upstream.
/// Fails with errc::invalid_request (status 400): also for subtitles, timestamps and streams, which the backend lacks.
[[nodiscard]] OCX_DECL outcome<transcription_plan>
plan_transcription(std::string_view content_type, std::string_view body, request_context const& context);

/// The Transcription object, or the text alone. protocol_error when `upstream` has no text.
[[nodiscard]] OCX_DECL outcome<std::string> transcription_document(transcription_format format,
                                                                   std::string_view upstream);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/transcription.ipp"
#endif
