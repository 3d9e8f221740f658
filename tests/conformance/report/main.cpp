// Writes the table of docs/conformance.md: conformance_report <file.md>.
#include <cstdio>

#include "core/base/atomic_file.h"
#include "tests/conformance/conformance_table.h"

int main(int argc, char** argv) {
  using namespace quantscope;
  if (argc != 2) {
    std::fprintf(stderr, "usage: conformance_report <file.md>\n");
    return 2;
  }
  tests::ConformanceTable table;
  for (const auto& golden : tests::goldenRuns()) {
    const auto run = tests::load(golden);
    if (!run.ok()) {
      std::fprintf(stderr, "error: %s\n", run.error().message().c_str());
      return 1;
    }
    table.add(*run, golden.name);
  }
  const auto written = writeFileAtomically(argv[1], table.markdown(), IfExists::Replace);
  if (written.ok()) return 0;
  std::fprintf(stderr, "error: %s\n", written.error().message().c_str());
  return 1;
}
