#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>

#include "tests/support/conformance.h"

/// quantscope-conformance [--kernels reference|fast] [--cpu baseline|avx2|avx512|vnni] [--whole] [--verbose]
///                        <models folder> <runs folder>
/// Runs <models>/<path>.tflite for every <runs>/<path>.npz, operator by operator on recorded inputs (or whole models),
/// and prints one line per operator and types, in Markdown. Exit 1 where anything differs or fails.
namespace {

using namespace quantscope;

struct Row {
  int64_t operators = 0, values = 0, different = 0;
  double largest = 0.0;
  bool isFloat = false;
};

struct Arguments {
  tests::ConformanceOptions options;
  bool whole = false, verbose = false;
  std::filesystem::path models, runs;
};

bool parse(int count, char** arguments, Arguments& result) {
  std::vector<std::string> positional;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    const auto next = [&]() { return i + 1 < count ? std::string(arguments[++i]) : std::string(); };
    if (argument == "--whole") {
      result.whole = true;
    } else if (argument == "--verbose") {
      result.verbose = true;
    } else if (argument == "--kernels") {
      result.options.interpreter.kernels = next() == "reference" ? KernelSet::Reference : KernelSet::Fast;
    } else if (argument == "--cpu") {
      const std::map<std::string, CpuLevel> levels{{"baseline", CpuLevel::Baseline},
                                                   {"avx2", CpuLevel::Avx2},
                                                   {"avx512", CpuLevel::Avx512},
                                                   {"vnni", CpuLevel::Avx512Vnni}};
      const auto found = levels.find(next());
      if (found == levels.end()) return false;
      result.options.interpreter.cpu = found->second;
    } else {
      positional.push_back(argument);
    }
  }
  if (positional.size() != 2) return false;
  result.models = positional[0];
  result.runs = positional[1];
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  Arguments options;
  if (!parse(count, arguments, options)) {
    std::fprintf(stderr, "usage: %s [--kernels fast|reference] [--cpu level] [--whole] [--verbose] <models> <runs>\n",
                 arguments[0]);
    return 2;
  }
  std::map<std::string, Row> rows;
  int failures = 0;
  std::vector<std::filesystem::path> runs;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(options.runs)) {
    if (entry.path().extension() == ".npz") runs.push_back(entry.path());
  }
  std::sort(runs.begin(), runs.end());
  for (const auto& run : runs) {
    auto model = options.models / std::filesystem::relative(run, options.runs);
    model.replace_extension(".tflite");
    if (!std::filesystem::exists(model)) continue;
    const auto results = options.whole ? tests::compareRun(model, run, options.options)
                                       : tests::compareOperators(model, run, options.options);
    if (!results) {
      ++failures;
      std::printf("FAILED %s: %s\n", model.c_str(), results.error().message().c_str());
      continue;
    }
    for (const auto& result : *results) {
      if (!result.failure.empty()) {
        ++failures;
        std::printf("FAILED %s: %s\n", model.c_str(), describe(result).c_str());
        continue;
      }
      Row& row = rows[result.operatorText];
      ++row.operators;
      row.values += result.values;
      row.different += result.different;
      row.isFloat = result.isFloat;
      row.largest = std::max(row.largest, result.largest);
      if (result.different > 0 && options.verbose) {
        std::printf("%s: %s\n", model.filename().c_str(), describe(result).c_str());
      }
    }
  }
  int64_t different = 0;
  std::printf("| operator and types | tensors | values | differ | largest difference |\n|---|---|---|---|---|\n");
  for (const auto& [text, row] : rows) {
    different += row.different;
    std::printf("| %s | %lld | %lld | %lld | %g%s |\n", text.empty() ? "(model outputs)" : text.c_str(),
                static_cast<long long>(row.operators), static_cast<long long>(row.values),
                static_cast<long long>(row.different), row.largest, row.isFloat ? " relative" : "");
  }
  std::printf("\n%d failed, %lld values differ.\n", failures, static_cast<long long>(different));
  return failures > 0 || different > 0 ? 1 : 0;
}
