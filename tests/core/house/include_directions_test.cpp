#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/core/house/include_rules.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

namespace quantscope::tests {

namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

bool isSource(const fs::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".h" || extension == ".cpp" || extension == ".inc";
}

size_t offencesOf(const std::string& file, const std::string& text) {
  return checkIncludes(file, text).size();
}

}  // namespace

TEST_CASE("every #include of the product keeps to the directions of the architecture", "[house]") {
  size_t files = 0;
  for (const char* root : {"core", "ui", "app"}) {
    const fs::path folder = sourceFolder() / root;
    if (!fs::exists(folder)) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file() || !isSource(entry.path())) continue;
      ++files;
      const std::string file = fs::relative(entry.path(), sourceFolder()).generic_string();
      for (const IncludeOffence& offence : checkIncludes(file, contents(entry.path()))) {
        FAIL_CHECK(offence.file << ":" << offence.line << ": " << offence.why);
      }
    }
  }
  CHECK(files > 20);
}

TEST_CASE("an offence is named with its file and line", "[house]") {
  const auto offences = checkIncludes("core/base/result.h", "#pragma once\n\n  # include \"core/model/model.h\"\n");
  REQUIRE(offences.size() == 1);
  CHECK(offences[0].file == "core/base/result.h");
  CHECK(offences[0].line == 3);
  CHECK(offences[0].why.find("core/base may not include core/model") != std::string::npos);
}

TEST_CASE("the rooms of the engine point downwards", "[house]") {
  CHECK(offencesOf("core/model/a.h", "#include \"core/base/result.h\"\n#include <vector>\n") == 0);
  CHECK(offencesOf("core/numerics/a.h", "#include \"core/model/model.h\"\n") == 1);
  CHECK(offencesOf("core/ops/a.cpp", "#include \"core/runtime/interpreter.h\"\n") == 1);
  CHECK(offencesOf("core/calibration/a.cpp", "#include \"core/evaluation/evaluate.h\"\n") == 1);
  CHECK(offencesOf("core/evaluation/a.cpp", "#include \"core/pipeline/pipeline.h\"\n") == 1);
  CHECK(offencesOf("core/layout/a.cpp", "#include \"core/model/model.h\"\n") == 1);
  CHECK(offencesOf("core/report/a.cpp", "#include \"core/layout/graph_layout.h\"\n") == 0);
  CHECK(offencesOf("core/pipeline/a.cpp", "#include \"core/report/report.h\"\n") == 0);
  CHECK(offencesOf("core/kitchen/a.cpp", "#include \"core/base/result.h\"\n") == 1);
}

TEST_CASE("quantization sees of calibration its result and never runs the model", "[house]") {
  CHECK(offencesOf("core/quantization/a.cpp", "#include \"core/calibration/ranges.h\"\n") == 0);
  CHECK(offencesOf("core/quantization/a.cpp", "#include \"core/calibration/calibrate.h\"\n") == 1);
  CHECK(offencesOf("core/quantization/a.cpp", "#include \"core/runtime/interpreter.h\"\n") == 1);
  CHECK(offencesOf("core/quantization/a.cpp", "#include \"core/io/tflite_writer.h\"\n") == 0);
  CHECK(offencesOf("core/quantization/a.cpp", "#include \"core/io/tflite_reader.h\"\n") == 1);
}

TEST_CASE("the engine and the command line know no window", "[house]") {
  CHECK(offencesOf("core/jobs/a.h", "#include <QObject>\n") == 1);
  CHECK(offencesOf("app/cli/a.cpp", "#include <QtCore/QString>\n") == 1);
  CHECK(offencesOf("app/cli/a.cpp", "#include \"ui/workspace/document.h\"\n") == 1);
  CHECK(offencesOf("core/jobs/a.h", "#include \"ui/workspace/document.h\"\n") == 1);
  CHECK(offencesOf("app/gui/a.cpp", "#include <QApplication>\n#include \"ui/main_window/main_window.h\"\n") == 0);
}

TEST_CASE("views know the workspace and widgets, widgets know neither, no view knows another", "[house]") {
  CHECK(offencesOf("ui/views/graph/a.cpp",
                   "#include \"ui/workspace/selection.h\"\n#include \"ui/widgets/plot.h\"\n"
                   "#include \"ui/views/graph/b.h\"\n#include \"core/model/model.h\"\n") == 0);
  CHECK(offencesOf("ui/views/graph/a.cpp", "#include \"ui/views/layers/b.h\"\n") == 1);
  CHECK(offencesOf("ui/views/graph/a.cpp", "#include \"ui/main_window/main_window.h\"\n") == 1);
  CHECK(offencesOf("ui/widgets/a.cpp", "#include \"ui/workspace/selection.h\"\n") == 1);
  CHECK(offencesOf("ui/widgets/a.cpp", "#include \"core/runtime/interpreter.h\"\n") == 1);
  CHECK(offencesOf("ui/widgets/a.cpp", "#include \"core/statistics/tensor_statistics.h\"\n") == 0);
  CHECK(offencesOf("ui/workspace/a.cpp", "#include \"ui/widgets/plot.h\"\n") == 1);
  CHECK(offencesOf("ui/main_window/a.cpp", "#include \"ui/views/graph/graph_view.h\"\n") == 1);
  CHECK(offencesOf("ui/main_window/view_list.cpp", "#include \"ui/views/graph/graph_view.h\"\n") == 0);
}

TEST_CASE("libraries stay where they are wrapped, and paths start at the root", "[house]") {
  CHECK(offencesOf("ui/views/tensor/a.cpp", "#include <qcustomplot.h>\n") == 1);
  CHECK(offencesOf("ui/widgets/plot.cpp", "#include \"qcustomplot.h\"\n") == 0);
  CHECK(offencesOf("core/io/a.cpp", "#include <png.h>\n") == 1);
  CHECK(offencesOf("core/io/a.cpp", "#include \"tflite_reader.h\"\n") == 1);
  CHECK(offencesOf("core/io/a.cpp", "#include \"../model/model.h\"\n") == 1);
}

}  // namespace quantscope::tests
