#pragma once

#include <string>

#include "core/report/report.h"

/// The parts of a page about the answers of classifiers.
namespace quantscope::report {

std::string section(const std::string& title, const std::string& body);
std::string note(const std::string& words);

/// Classes side by side, how well confidences fit, and samples that variants answer otherwise, with their pictures;
/// empty where nothing was evaluated.
std::string answersSections(const Report& report);

/// RFC 4648, with padding.
std::string base64(std::string_view bytes);

}  // namespace quantscope::report
