#pragma once

#include <string>

#include "app/cli/console.h"
#include "core/quantization/targets/advice.h"

/// How `info --advise` shows the guide's advice.
namespace quantscope::cli {

Json adviceDocument(const Advice& advice);
std::string adviceText(const Advice& advice);

}  // namespace quantscope::cli
