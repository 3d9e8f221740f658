#pragma once

#include <string>

#include "core/report/report.h"

namespace quantscope::report {

/// What was measured of each variant for a task other than classification: its figures with their 95 % intervals and
/// the paired test against the first variant, how outputs were read, and the figures of each class. Empty where no
/// variant has a TaskResult.
std::string taskSection(const Report& report);

/// The same as columns that follow those of renderCsv(): their names (each with a leading comma), and the values of one
/// variant. Both are empty where no variant has a TaskResult.
std::string taskCsvHeader(const Report& report);
std::string taskCsvFields(const Report& report, const ReportVariant& variant);

}  // namespace quantscope::report
