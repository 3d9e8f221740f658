#pragma once

#include "core/jobs/progress.h"

namespace quantscope::cli {

/// From now on Ctrl-C (SIGINT) and SIGTERM cancel this progress instead of ending the program; a third Ctrl-C ends it.
/// The progress must live until the program ends.
void cancelOnSignals(Progress& progress);
/// 130 after SIGINT, 143 after SIGTERM, 0 where there was no signal.
int exitCodeOfSignal();

}  // namespace quantscope::cli
