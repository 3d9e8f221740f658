#include "tests/conformance/golden_runs.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <set>

#include "core/data/npz.h"
#include "core/io/tflite_reader.h"
#include "core/numerics/float16.h"
#include "tests/support/paths.h"

namespace quantscope::tests {

namespace fs = std::filesystem;

namespace {

void addFolder(std::vector<GoldenRun>& runs, const fs::path& arrays, const fs::path& models,
               const std::string& prefix) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(arrays, ignored)) {
    if (entry.path().extension() != ".npz") continue;
    const std::string name = entry.path().stem().string();
    const fs::path model = models / (name + ".tflite");
    if (fs::exists(model)) runs.push_back({prefix + "/" + name, model, entry.path()});
  }
}

/// Random operators with the answers of the runtime that is installed in the Python of QUANTSCOPE_PYTHON, asked once;
/// nothing where the variable is not set. QUANTSCOPE_PYTHON_CASES: how many of each kind.
std::optional<fs::path> askRealRuntime() {
  const char* python = std::getenv("QUANTSCOPE_PYTHON");
  if (!python || !*python) return std::nullopt;
  static const TemporaryFolder folder;
  static const int status = [&] {
    const char* cases = std::getenv("QUANTSCOPE_PYTHON_CASES");
    const std::string command = "\"" + std::string(python) + "\" \"" +
                                (sourceFolder() / "tests" / "conformance" / "random_operators.py").string() + "\" \"" +
                                folder.path().string() + "\" --count " + std::to_string(cases ? std::atoi(cases) : 3);
    return std::system(command.c_str());
  }();
  // A run that cannot be loaded fails every test of it, and says so.
  if (status != 0) return folder.path() / ("QUANTSCOPE_PYTHON names " + std::string(python) + ", which failed");
  return folder.path();
}

}  // namespace

std::vector<GoldenRun> goldenRuns() {
  std::vector<GoldenRun> runs;
  const fs::path own = sourceFolder() / "tests" / "golden";
  addFolder(runs, own / "operators", own / "operators", "operators");
  addFolder(runs, own / "random", own / "random", "random");
  addFolder(runs, own / "sample", own / "sample", "sample");
  const fs::path bundled = sourceFolder() / "resources" / "samples" / "shapes_cnn.tflite";
  if (fs::exists(bundled)) runs.push_back({"sample/float32", bundled, own / "sample" / "float32.npz"});
  if (const char* more = std::getenv("QUANTSCOPE_GOLDENS")) addFolder(runs, more, more, "more");
  if (const auto asked = askRealRuntime()) {
    if (!fs::exists(*asked)) runs.push_back({asked->filename().string(), *asked, *asked});
    addFolder(runs, *asked, *asked, "asked");
  }
  if (const auto shared = sharedFolder()) {
    for (const char* net : {"ad01", "cnn", "kws", "operators", "resnet8", "vww"}) {
      addFolder(runs, *shared / "golden" / "runs" / net, *shared / "golden" / "models" / net,
                std::string("shared/") + net);
    }
    addFolder(runs, *shared / "golden" / "runs" / "shared_models", *shared / "models", "shared/models");
  } else {
    skipLoudly("golden runs of the shared folder", "it is not there");
  }
  std::sort(runs.begin(), runs.end(), [](const GoldenRun& a, const GoldenRun& b) { return a.name < b.name; });
  return runs;
}

bool recordsDefect(const std::string& name) {
  return name == "operators/local_response_float" || name == "shared/operators/static_w8_a16_quantized_v_einsum" ||
         name.find("/defect_") != std::string::npos;
}

const TensorValue* LoadedRun::tensor(TensorIndex index) const {
  const auto found = arrays.find("tensor_" + std::to_string(index.value));
  return found == arrays.end() ? nullptr : &found->second;
}

Result<LoadedRun> load(const GoldenRun& run) {
  LoadedRun loaded;
  QS_ASSIGN(loaded.model, readModel(run.model));
  QS_ASSIGN(loaded.arrays, readNpz(run.arrays));
  for (size_t k = 0; k < loaded.model->subgraphs[0].inputs.size(); ++k) {
    const auto found = loaded.arrays.find("input_" + std::to_string(k));
    if (found == loaded.arrays.end()) {
      return Error{ErrorCode::NotFound, "cannot compare", run.name, "input " + std::to_string(k) + " is missing", ""};
    }
    loaded.inputShapes.push_back(found->second.shape);
  }
  return loaded;
}

namespace {

std::vector<double> realValues(const TensorView& view) {
  std::vector<double> result;
  const auto take = [&](auto sample) {
    for (auto value : view.values<decltype(sample)>()) result.push_back(static_cast<double>(value));
  };
  switch (view.type) {
    case ElementType::Float32:
      take(float{});
      break;
    case ElementType::Float64:
      take(double{});
      break;
    case ElementType::Float16:
      for (uint16_t half : view.values<uint16_t>()) {
        result.push_back(static_cast<double>(numerics::fromFloat16(half)));
      }
      break;
    case ElementType::Int8:
      take(int8_t{});
      break;
    case ElementType::UInt8:
    case ElementType::Bool:
      take(uint8_t{});
      break;
    case ElementType::Int16:
      take(int16_t{});
      break;
    case ElementType::UInt16:
      take(uint16_t{});
      break;
    case ElementType::Int32:
      take(int32_t{});
      break;
    case ElementType::UInt32:
      take(uint32_t{});
      break;
    case ElementType::Int64:
      take(int64_t{});
      break;
    default:
      break;
  }
  return result;
}

}  // namespace

Difference difference(const TensorView& ours, const TensorView& golden) {
  Difference result;
  result.comparable = ours.type == golden.type && std::ranges::equal(ours.shape, golden.shape) &&
                      ours.bytes.size() == golden.bytes.size();
  if (!result.comparable) return result;
  result.isFloat = isFloat(ours.type);
  result.exact = std::ranges::equal(ours.bytes, golden.bytes);
  if (result.exact) return result;
  const auto a = realValues(ours), b = realValues(golden);
  double largest = 0.0;
  for (double value : b) {
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
  }
  result.exact = true;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]))) continue;
    result.exact = false;
    const double unit = result.isFloat ? 1e-5 * (std::abs(b[i]) + largest) : 1.0;
    const double distance = std::abs(a[i] - b[i]) / unit;
    result.worst = std::isfinite(distance) ? std::max(result.worst, distance) : HUGE_VAL;
  }
  return result;
}

std::string describe(const Difference& difference) {
  if (!difference.comparable) return "another type or shape";
  if (difference.exact) return "exact";
  char text[64];
  std::snprintf(text, sizeof text, difference.isFloat ? "%.3g of the float tolerance" : "off by %.0f",
                difference.worst);
  return text;
}

namespace {

/// True where an operator before this one has moved a state of it on.
bool continuesState(const Subgraph& graph, OperatorIndex index) {
  for (const TensorIndex input : graph.operators[index.position()].inputs) {
    if (!input.valid() || !graph.tensor(input).isVariable) continue;
    for (size_t i = 0; i < index.position(); ++i) {
      const auto& earlier = graph.operators[i].inputs;
      if (std::find(earlier.begin(), earlier.end(), input) != earlier.end()) return true;
    }
  }
  return false;
}

}  // namespace

std::shared_ptr<const Model> isolated(const LoadedRun& run, OperatorIndex index) {
  Model model = *run.model;
  Subgraph& graph = model.subgraphs[0];
  if (continuesState(graph, index)) return nullptr;
  std::set<TensorIndex> known;
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    if (isConstant(model, graph.tensors[i])) known.insert(TensorIndex(i));
  }
  for (const Operator& op : graph.operators) {
    const bool follows = !op.inputs.empty() && std::all_of(op.inputs.begin(), op.inputs.end(), [&](TensorIndex input) {
      return !input.valid() || known.count(input) != 0;
    });
    if (follows) known.insert(op.outputs.begin(), op.outputs.end());
  }
  Operator op = graph.operators[index.position()];
  graph.operators = {op};
  graph.inputs.clear();
  graph.outputs = op.outputs;
  for (TensorIndex input : op.inputs) {
    if (!input.valid()) continue;
    Tensor& tensor = graph.tensor(input);
    if (tensor.isVariable || isConstant(model, tensor)) continue;
    const TensorValue* value = run.tensor(input);
    if (!value) return nullptr;
    tensor.shape = value->shape;
    tensor.shapeSignature.clear();
    if (known.count(input)) {
      tensor.buffer = BufferIndex(model.buffers.size());
      model.buffers.push_back(Buffer::fromBytes(value->bytes));
    } else if (std::find(graph.inputs.begin(), graph.inputs.end(), input) == graph.inputs.end()) {
      graph.inputs.push_back(input);
    }
  }
  return std::make_shared<const Model>(std::move(model));
}

std::string operandTypes(const Model& model, const Operator& op) {
  const Subgraph& graph = model.subgraphs[0];
  const auto list = [&](const std::vector<TensorIndex>& tensors) {
    // Long lists of one type are counted: recurrent operators have up to 48 operands.
    constexpr size_t kSpelledOut = 3;
    std::vector<std::pair<std::string, size_t>> runs;
    for (TensorIndex index : tensors) {
      if (!index.valid()) continue;
      const std::string type(elementTypeName(graph.tensor(index).type));
      if (runs.empty() || runs.back().first != type) runs.emplace_back(type, 0);
      ++runs.back().second;
    }
    std::string text;
    for (const auto& [type, count] : runs) {
      for (size_t i = 0; i < (count > kSpelledOut ? 1 : count); ++i) text += (text.empty() ? "" : ", ") + type;
      if (count > kSpelledOut) text += "…";
    }
    return text;
  };
  return list(op.inputs) + " → " + list(op.outputs);
}

}  // namespace quantscope::tests
