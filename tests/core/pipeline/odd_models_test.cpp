#include <cmath>

#include "core/evaluation/error_sums.h"
#include "core/evaluation/sample_runner.h"
#include "core/io/tflite_reader.h"
#include "core/io/tflite_writer.h"
#include "core/pipeline/pipeline.h"
#include "core/statistics/tensor_statistics.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

using namespace quantscope;
using namespace quantscope::tests;

namespace {

/// conv 8x3x3x8 - reshape - fully connected 40x128, named and signed like a model of the converter.
struct Network {
  ModelBuilder b;
  TensorIndex x, conv, flat, y, shape, w, fcW;

  Network() {
    x = b.tensor({1, 4, 4, 8}, ElementType::Float32, "input");
    w = b.randomConstant({8, 3, 3, 8}, "conv/w");
    conv = b.tensor({1, 4, 4, 8}, ElementType::Float32, "conv");
    flat = b.tensor({1, 128}, ElementType::Float32, "flat");
    fcW = b.randomConstant({40, 128}, "fc/w", 3);
    y = b.tensor({1, 40}, ElementType::Float32, "output");
    b.conv2d(x, w, b.randomConstant({8}, "conv/b", 7), conv);
    shape = b.indices({1, 128});
    b.op(tflite::BuiltinOperator_RESHAPE, {conv, shape}, {flat});
    b.fullyConnected(flat, fcW, b.randomConstant({40}, "fc/b", 4), y);
    b.inputs({x});
    b.outputs({y});
    Signature signature;
    signature.key = "serving_default";
    signature.inputs = {{"image", true, x}};
    signature.outputs = {{"scores", true, y}};
    b.model.signatures.push_back(signature);
  }
};

ModelBuilder sharedBuffers() {
  Network n;
  // A second layer on the same weights, and a third whose tensor is another view of their buffer.
  const auto again = n.b.tensor({1, 4, 4, 8}, ElementType::Float32, "again"),
             third = n.b.tensor({1, 4, 4, 8}, ElementType::Float32, "third");
  const auto view = n.b.tensor({8, 3, 3, 8}, ElementType::Float32, "conv/w2");
  n.b.graph().tensor(view).buffer = n.b.graph().tensor(n.w).buffer;
  n.b.conv2d(n.x, n.w, n.b.randomConstant({8}, "b2", 8), again);
  n.b.conv2d(n.x, view, n.b.randomConstant({8}, "b3", 9), third);
  n.b.outputs({n.y, again, third});
  return std::move(n.b);
}

/// What training with simulated quantization leaves on float tensors.
ModelBuilder staleRecords() {
  Network n;
  for (Tensor& tensor : n.b.graph().tensors) {
    if (tensor.type != ElementType::Float32) continue;
    tensor.quantization.emplace();
    tensor.quantization->min = {0};
    tensor.quantization->max = {6};
    tensor.quantization->scale = {0.1f};
    tensor.quantization->zeroPoint = {3};
  }
  return std::move(n.b);
}

ModelBuilder oldCodesOnly() {
  Network n;
  for (OperatorCode& code : n.b.model.operatorCodes) {
    code.deprecatedBuiltinCode = static_cast<int8_t>(code.builtinCode);
    code.builtinCode = tflite::BuiltinOperator_ADD;  // 0: named in the old field only
  }
  return std::move(n.b);
}

ModelBuilder unsigned_() {
  Network n;
  n.b.model.signatures.clear();
  return std::move(n.b);
}

ModelBuilder sameNames() {
  Network n;
  for (Tensor& tensor : n.b.graph().tensors) tensor.name = tensor.name.find('/') != std::string::npos ? "same" : "";
  return std::move(n.b);
}

ModelBuilder anyBatch() {
  Network n;
  for (const TensorIndex index : {n.x, n.conv, n.flat, n.y}) {
    Tensor& tensor = n.b.graph().tensor(index);
    tensor.shapeSignature = tensor.shape;
    tensor.shapeSignature[0] = -1;
  }
  n.b.graph().operators[1].inputs[1] = n.b.indices({-1, 128});
  return std::move(n.b);
}

void addDense(ModelBuilder& b, uint32_t seed) {
  b.beginSubgraph();
  const auto x = b.tensor({1, 40}), y = b.tensor({1, 40});
  b.fullyConnected(x, b.randomConstant({40, 40}, "body/w", seed), b.randomConstant({40}, "body/b", seed + 1), y);
  b.inputs({x});
  b.outputs({y});
}

ModelBuilder twoEntries() {
  Network n;
  addDense(n.b, 20);
  Signature second;
  second.key = "other";
  second.subgraphIndex = 1;
  second.inputs = {{"in", true, n.b.graph().inputs[0]}};
  second.outputs = {{"out", true, n.b.graph().outputs[0]}};
  n.b.model.signatures.push_back(second);
  return std::move(n.b);
}

ModelBuilder branch() {
  Network n;
  const auto condition = n.b.tensor({1}, ElementType::Bool, "condition"), z = n.b.tensor({1, 40});
  tflite::IfOptionsT options;
  options.then_subgraph_index = 1;
  options.else_subgraph_index = 2;
  n.b.op(tflite::BuiltinOperator_IF, {condition, n.y}, {z}).options.Set(std::move(options));
  n.b.inputs({n.x, condition});
  n.b.outputs({z});
  n.b.model.signatures.clear();
  addDense(n.b, 20);
  addDense(n.b, 30);
  return std::move(n.b);
}

/// while (i < 3) { i += 1; x = 0.1 W x + b }
ModelBuilder loop() {
  Network n;
  const auto start = n.b.indices({0}), i = n.b.tensor({1}, ElementType::Int32), z = n.b.tensor({1, 40});
  tflite::WhileOptionsT options;
  options.cond_subgraph_index = 1;
  options.body_subgraph_index = 2;
  n.b.op(tflite::BuiltinOperator_WHILE, {start, n.y}, {i, z}).options.Set(std::move(options));
  n.b.outputs({z});
  n.b.model.signatures.clear();
  n.b.beginSubgraph();
  const auto ci = n.b.tensor({1}, ElementType::Int32), cx = n.b.tensor({1, 40}),
             less = n.b.tensor({1}, ElementType::Bool);
  n.b.op(tflite::BuiltinOperator_LESS, {ci, n.b.indices({3})}, {less});
  n.b.inputs({ci, cx});
  n.b.outputs({less});
  n.b.beginSubgraph();
  const auto bi = n.b.tensor({1}, ElementType::Int32), bx = n.b.tensor({1, 40}),
             next = n.b.tensor({1}, ElementType::Int32), by = n.b.tensor({1, 40});
  n.b.op(tflite::BuiltinOperator_ADD, {bi, n.b.indices({1})}, {next}).options.Set(tflite::AddOptionsT());
  std::vector<float> weights(1600);
  for (size_t k = 0; k < weights.size(); ++k) weights[k] = 0.1f * std::sin(static_cast<float>(k * k));
  n.b.fullyConnected(bx, n.b.constant({40, 40}, weights, "body/w"), n.b.randomConstant({40}, "body/b", 5), by);
  n.b.inputs({bi, bx});
  n.b.outputs({next, by});
  return std::move(n.b);
}

struct Odd {
  const char* name;
  ModelBuilder (*make)();
  int32_t batch = 1;
};

std::vector<float> outputsOf(const std::shared_ptr<const Model>& model, const std::vector<TensorValue>& values,
                             int32_t batch) {
  InterpreterOptions options;
  for (const TensorValue& value : values) {
    options.inputShapes.push_back(value.shape);
    if (batch > 1) options.inputShapes.back()[0] = batch;
  }
  const auto prepared = PreparedModel::prepare(model, options);
  INFO((prepared.ok() ? std::string() : prepared.error().message()));
  REQUIRE(prepared.ok());
  Session session(*prepared);
  const auto inputs = preparedInputs(**prepared);
  for (size_t i = 0; i < values.size(); ++i) {
    const auto bound = bindInput(values[i], inputs[i]);
    REQUIRE(bound.ok());
    REQUIRE(session.setInput(i, bound->view()).ok());
  }
  const auto ran = session.run();
  INFO((ran.ok() ? std::string() : ran.error().message()));
  REQUIRE(ran.ok());
  std::vector<float> all;
  for (size_t i = 0; i < session.outputCount(); ++i) {
    const Tensor& tensor = (*prepared)->subgraph().tensor((*prepared)->subgraph().outputs[i]);
    const auto real = realValues(session.output(i), tensor.quantization ? &*tensor.quantization : nullptr);
    REQUIRE(real.ok());
    all.insert(all.end(), real->begin(), real->end());
  }
  return all;
}

/// As a program would get it: through the bytes of a file.
std::shared_ptr<const Model> writtenAndRead(const Model& model, int64_t predicted) {
  auto bytes = serializeModel(model);
  REQUIRE(bytes.ok());
  // Within 1 %, or four of the 16 bytes that constants are aligned to.
  const auto size = static_cast<double>(bytes->size());
  CHECK(std::abs(static_cast<double>(predicted) - size) < std::max(0.01 * size, 64.0));
  const auto owner = std::make_shared<const std::vector<std::byte>>(std::move(*bytes));
  const auto read = readModelFromBytes(owner, *owner, "odd");
  REQUIRE(read.ok());
  return *read;
}

double leastDecibel(const std::string& mode) {
  return mode.find("int4") != std::string::npos ? 8 : mode.find("int8") != std::string::npos ? 22 : 30;
}

}  // namespace

TEST_CASE("odd models quantize in every mode, as planned, and run", "[pipeline][quantization]") {
  const Odd odd = GENERATE(Odd{"shared buffers", sharedBuffers}, Odd{"stale quantization records", staleRecords},
                           Odd{"operators in the old field only", oldCodesOnly}, Odd{"no signature", unsigned_},
                           Odd{"names that are empty or the same", sameNames}, Odd{"any batch", anyBatch, 3},
                           Odd{"two entries", twoEntries}, Odd{"a branch", branch}, Odd{"a loop", loop});
  const auto model = odd.make().build();
  Progress progress;
  const auto data = randomDataset(model, 24, 11);
  REQUIRE(data.ok());
  const auto ranges = calibrate(model, **data, {}, progress);
  REQUIRE(ranges.ok());
  const auto sample = (*data)->load(3);
  REQUIRE(sample.ok());
  std::vector<TensorValue> inputs = sample->inputs;
  for (TensorValue& value : inputs) {
    const auto one = value.bytes;
    for (int32_t i = 1; i < odd.batch; ++i) value.bytes.insert(value.bytes.end(), one.begin(), one.end());
    if (odd.batch > 1) value.shape[0] = odd.batch;
  }
  const auto expected = outputsOf(model, inputs, odd.batch);
  for (const std::string& mode : modeNames()) {
    INFO(odd.name << ", " << mode);
    const auto recipe = recipeForMode(mode);
    REQUIRE(recipe.ok());
    const auto made = quantizeModel(model, *recipe, ranges->get(), data->get(), 1, progress);
    if (!made.ok()) {
      // Control flow itself computes in no integers, and full integers are all or nothing.
      INFO(made.error().message());
      REQUIRE(recipe->requireInteger);
      REQUIRE(model->subgraphs.size() > 1);
      continue;
    }
    const auto read = writtenAndRead(*(*made)->model, (*made)->plan->predictedBytes);
    const auto& operators = read->subgraphs[0].operators;
    const auto effective = effectivePrecisions(*read, SubgraphIndex(0));
    size_t position = 0, changed = 0;
    for (const PlannedOperator& op : (*made)->plan->operators) {
      const auto code = model->code(model->subgraphs[0].operators[op.index.position()]);
      while (position < operators.size() && read->code(operators[position]) != code) ++position;
      REQUIRE(position < operators.size());
      CHECK(effective[position] == op.effective);
      changed += op.effective != Precision::Float32;
      ++position;
    }
    if (mode != "float32") CHECK(changed > 0);
    const auto outputs = outputsOf(read, inputs, odd.batch);
    REQUIRE(outputs.size() == expected.size());
    CHECK(compareValues(expected, outputs).sqnrDecibel() > leastDecibel(mode));
  }
}
