#include "core/report/report.h"
#include "core/report/task_sections.h"
#include "core/report/text.h"

namespace quantscope {

std::string renderCsv(const Report& report) {
  std::string csv = std::string(
                        "name,made_from,mode,bytes,samples,top1,top1_low,top1_high,top5,agreement,p_value,latency_us_"
                        "median,latency_us_"
                        "p90,"
                        "samples_per_second") +
                    report::taskCsvHeader(report) + "\n";
  const auto baseline = report.variants.empty() ? nullptr : report.variants[0].evaluation;
  for (const ReportVariant& v : report.variants) {
    auto number = [](double value) { return text::compact(value, 10); };
    csv += text::csvField(v.name) + "," + text::csvField(v.madeFrom) + "," + text::csvField(v.mode) + "," +
           std::to_string(v.bytes) + ",";
    if (const auto& e = v.evaluation) {
      csv += std::to_string(e->samples) + ",";
      if (e->labelled) {
        csv += number(e->top1.value()) + "," + number(e->top1.low()) + "," + number(e->top1.high()) + "," +
               number(e->top5.value()) + ",";
      } else {
        csv += ",,,,";
      }
      csv += (e->agreement ? number(e->agreement->value()) : "") + ",";
      csv += (e->labelled && baseline && baseline != e ? number(compareResults(*baseline, *e).pValue) : "") + ",";
    } else {
      csv += ",,,,,,,";
    }
    if (v.latency)
      csv += number(v.latency->medianMicroseconds) + "," + number(v.latency->p90Microseconds);
    else
      csv += ",";
    csv += "," + (v.evaluation ? number(v.evaluation->samplesPerSecond) : std::string()) +
           report::taskCsvFields(report, v) + "\n";
  }
  return csv;
}

}  // namespace quantscope
