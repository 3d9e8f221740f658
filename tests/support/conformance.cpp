#include "tests/support/conformance.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "core/base/checked.h"
#include "core/data/npz.h"
#include "core/io/tflite_reader.h"
#include "core/numerics/float16.h"

namespace quantscope::tests {

namespace {

using Arrays = std::map<std::string, TensorValue>;

struct Loaded {
  std::shared_ptr<const Model> model;
  Arrays arrays;

  const TensorValue* tensor(TensorIndex index) const {
    const auto found = arrays.find("tensor_" + std::to_string(index.value));
    return found == arrays.end() ? nullptr : &found->second;
  }
};

Result<Loaded> load(const std::filesystem::path& model, const std::filesystem::path& run) {
  Loaded loaded;
  QS_ASSIGN(loaded.model, readModel(model));
  QS_ASSIGN(loaded.arrays, readNpz(run));
  return loaded;
}

std::string operatorText(const Model& model, const Subgraph& graph, const Operator& op) {
  std::string text = operatorName(model, op);
  const auto append = [&](const std::vector<TensorIndex>& tensors) {
    for (const TensorIndex t : tensors) {
      if (!t.valid()) continue;
      const Tensor& tensor = graph.tensor(t);
      text += " " + std::string(elementTypeName(tensor.type));
      if (tensor.quantization && tensor.quantization->perChannel()) text += "[]";
    }
  };
  append(op.inputs);
  text += " ->";
  append(op.outputs);
  return text;
}

template <typename T, typename Read>
void compareFloats(TensorComparison& result, const TensorView& ours, const TensorValue& recorded, double relative,
                   Read read) {
  const auto a = ours.values<T>();
  const auto b = recorded.values<T>();
  double largest = 0.0;
  for (const T v : b) {
    if (std::isfinite(read(v))) largest = std::max(largest, std::abs(static_cast<double>(read(v))));
  }
  for (size_t i = 0; i < b.size(); ++i) {
    const double p = read(a[i]), q = read(b[i]);
    if (p == q || (std::isnan(p) && std::isnan(q))) continue;
    const double difference = std::abs(p - q), unit = std::abs(q) + largest / 10.0;
    const double ratio = std::isfinite(difference) && unit > 0.0 ? difference / unit : INFINITY;
    result.largest = std::max(result.largest, ratio);
    if (!(ratio <= relative)) ++result.different;
  }
}

template <typename T>
void compareIntegers(TensorComparison& result, const TensorView& ours, const TensorValue& recorded) {
  const auto a = ours.values<T>();
  const auto b = recorded.values<T>();
  for (size_t i = 0; i < b.size(); ++i) {
    if (a[i] == b[i]) continue;
    ++result.different;
    result.largest = std::max(result.largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  }
}

TensorComparison compare(const TensorView& ours, const TensorValue& recorded, double relative) {
  TensorComparison result;
  result.values = checkedElementCount(recorded.shape).value_or(0);
  // NumPy has no bool or bfloat16 of its own in every writer; the number of bytes is what must agree.
  if (ours.bytes.size() != recorded.bytes.size() ||
      !std::equal(ours.shape.begin(), ours.shape.end(), recorded.shape.begin(), recorded.shape.end())) {
    result.different = std::max<int64_t>(result.values, 1);
    result.largest = INFINITY;
    return result;
  }
  result.isFloat = isFloat(ours.type);
  switch (ours.type) {
    case ElementType::Float32:
      compareFloats<float>(result, ours, recorded, relative, [](float v) { return v; });
      break;
    case ElementType::Float16:
      compareFloats<uint16_t>(result, ours, recorded, relative, [](uint16_t v) { return numerics::fromFloat16(v); });
      break;
    case ElementType::Int8:
      compareIntegers<int8_t>(result, ours, recorded);
      break;
    case ElementType::Int16:
      compareIntegers<int16_t>(result, ours, recorded);
      break;
    case ElementType::Int32:
      compareIntegers<int32_t>(result, ours, recorded);
      break;
    case ElementType::Int64:
      compareIntegers<int64_t>(result, ours, recorded);
      break;
    default:
      compareIntegers<uint8_t>(result, ours, recorded);
      break;
  }
  return result;
}

Result<void> setInputs(Session& session, const std::vector<const TensorValue*>& values) {
  for (size_t i = 0; i < values.size(); ++i) {
    const auto target = session.mutableInput(i);
    if (target.size() != values[i]->bytes.size()) {
      return Error{ErrorCode::InvalidArgument, "cannot set input " + std::to_string(i), "",
                   "it takes " + std::to_string(target.size()) + " bytes, recorded are " +
                       std::to_string(values[i]->bytes.size()),
                   ""};
    }
    std::memcpy(target.data(), values[i]->bytes.data(), target.size());
  }
  return {};
}

/// The model with this one operator only; null where something was not recorded.
std::shared_ptr<const Model> isolated(const Loaded& loaded, size_t position, std::vector<const TensorValue*>& values) {
  auto model = std::make_shared<Model>(*loaded.model);
  Subgraph& graph = model->subgraphs[0];
  const Operator op = graph.operators[position];
  graph.inputs.clear();
  values.clear();
  for (const TensorIndex t : op.inputs) {
    if (!t.valid() || isConstant(*model, graph.tensor(t))) continue;
    if (graph.tensor(t).isVariable || !loaded.tensor(t)) return nullptr;
    if (std::find(graph.inputs.begin(), graph.inputs.end(), t) != graph.inputs.end()) continue;
    graph.inputs.push_back(t);
    values.push_back(loaded.tensor(t));
  }
  for (const TensorIndex t : op.outputs) {
    if (t.valid() && !loaded.tensor(t)) return nullptr;
  }
  graph.outputs = op.outputs;
  graph.operators = {op};
  model->signatures.clear();
  return model;
}

}  // namespace

Result<std::vector<TensorComparison>> compareRun(const std::filesystem::path& model, const std::filesystem::path& run,
                                                 const ConformanceOptions& options) {
  QS_ASSIGN(const Loaded loaded, load(model, run));
  const Subgraph& graph = loaded.model->subgraphs[0];
  InterpreterOptions interpreter = options.interpreter;
  interpreter.preserveAllTensors = true;
  std::vector<const TensorValue*> inputs;
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const auto found = loaded.arrays.find("input_" + std::to_string(i));
    if (found == loaded.arrays.end()) return Error{ErrorCode::NotFound, "no recorded input", run.string(), "", ""};
    inputs.push_back(&found->second);
    interpreter.inputShapes.push_back(found->second.shape);
  }
  QS_ASSIGN(const auto prepared, PreparedModel::prepare(loaded.model, interpreter));
  Session session(prepared);
  QS_TRY(setInputs(session, inputs));
  QS_TRY(session.run());
  std::vector<TensorComparison> results;
  for (const Operator& op : graph.operators) {
    for (const TensorIndex t : op.outputs) {
      const TensorValue* recorded = t.valid() ? loaded.tensor(t) : nullptr;
      const auto ours = t.valid() ? session.tensor(t) : std::nullopt;
      if (!recorded || !ours) continue;
      results.push_back(compare(*ours, *recorded, options.relative));
      results.back().tensor = t;
      results.back().name = graph.tensor(t).name;
      results.back().operatorText = operatorText(*loaded.model, graph, op);
    }
  }
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    const auto found = loaded.arrays.find("output_" + std::to_string(i));
    if (found == loaded.arrays.end()) continue;
    results.push_back(compare(session.output(i), found->second, options.relative));
    results.back().tensor = graph.outputs[i];
    results.back().name = "output " + std::to_string(i);
  }
  return results;
}

Result<std::vector<TensorComparison>> compareOperators(const std::filesystem::path& model,
                                                       const std::filesystem::path& run,
                                                       const ConformanceOptions& options) {
  QS_ASSIGN(const Loaded loaded, load(model, run));
  std::vector<TensorComparison> results;
  for (size_t position = 0; position < loaded.model->subgraphs[0].operators.size(); ++position) {
    std::vector<const TensorValue*> inputs;
    const auto alone = isolated(loaded, position, inputs);
    if (!alone) continue;
    InterpreterOptions interpreter = options.interpreter;
    for (const TensorValue* value : inputs) interpreter.inputShapes.push_back(value->shape);
    const Subgraph& graph = alone->subgraphs[0];
    const auto failed = [&](const Error& error) {
      TensorComparison result;
      result.operatorText = operatorText(*alone, graph, graph.operators[0]);
      result.failure = error.message();
      results.push_back(std::move(result));
    };
    const auto prepared = PreparedModel::prepare(alone, interpreter);
    if (!prepared) {
      failed(prepared.error());
      continue;
    }
    Session session(*prepared);
    QS_TRY(setInputs(session, inputs));
    if (const auto ran = session.run(); !ran) {
      failed(ran.error());
      continue;
    }
    for (size_t o = 0; o < graph.outputs.size(); ++o) {
      results.push_back(compare(session.output(o), *loaded.tensor(graph.outputs[o]), options.relative));
      results.back().tensor = graph.outputs[o];
      results.back().name = graph.tensor(graph.outputs[o]).name;
      results.back().operatorText = operatorText(*alone, graph, graph.operators[0]);
    }
  }
  return results;
}

std::string describe(const TensorComparison& c) {
  if (!c.failure.empty()) return c.operatorText + ": " + c.failure;
  return "tensor " + std::to_string(c.tensor.value) + " " + c.name + " (" + c.operatorText +
         "): " + std::to_string(c.different) + " of " + std::to_string(c.values) + " values differ, at most by " +
         std::to_string(c.largest) + (c.isFloat ? " relative" : "");
}

}  // namespace quantscope::tests
