#include "core/quantization/targets/target.h"

#include <algorithm>

#include "core/quantization/assumed_ranges.h"
#include "core/quantization/targets/advice.h"
#include "core/quantization/targets/presets.h"
#include "tests/core/quantization/soundness.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

using namespace quantscope;
using namespace quantscope::tests;

namespace {

/// conv - floor - conv - softmax over a picture; the second convolution is dilated.
std::shared_ptr<const Model> network(bool withFloor = true, int32_t dilation = 1) {
  ModelBuilder b;
  const auto x = b.tensor({1, 8, 8, 4}), c = b.tensor({1, 8, 8, 4}), f = b.tensor({1, 8, 8, 4}),
             d = b.tensor({1, 8, 8, 4}), y = b.tensor({1, 8, 8, 4});
  b.conv2d(x, b.randomConstant({4, 3, 3, 4}, {}, 1), b.randomConstant({4}, {}, 2), c);
  b.op(withFloor ? tflite::BuiltinOperator_FLOOR : tflite::BuiltinOperator_RELU, {c}, {f});
  Operator& second = b.conv2d(f, b.randomConstant({4, 3, 3, 4}, {}, 3), b.randomConstant({4}, {}, 4), d);
  second.options.AsConv2DOptions()->dilation_w_factor = dilation;
  tflite::SoftmaxOptionsT softmax;
  softmax.beta = 1;
  b.op(tflite::BuiltinOperator_SOFTMAX, {d}, {y}).options.Set(std::move(softmax));
  b.inputs({x});
  b.outputs({y});
  return b.build();
}

std::shared_ptr<const QuantizationPlan> planFor(const std::shared_ptr<const Model>& model, const std::string& mode,
                                                const std::string& target) {
  Recipe recipe = *recipeForMode(mode);
  recipe.requireInteger = false;
  recipe.target = target;
  const CalibrationResult ranges = uniformRanges(*model);
  const auto plan = planQuantization(model, recipe, &ranges);
  if (!plan) FAIL(plan.error().message());
  return *plan;
}

}  // namespace

TEST_CASE("every target is found by its name, and its rows stand in order", "[quantization][targets]") {
  for (const Target& target : targets()) {
    CHECK(*findTarget(target.name) == &target);
    CHECK_FALSE(target.source.empty());
    for (size_t i = 1; i < target.operators.size(); ++i) CHECK(target.operators[i - 1].code < target.operators[i].code);
    for (const TargetOperator& row : target.operators) CHECK((row.forms & ~target.all) == 0);
    CHECK(recipeForMode(target.mode).ok());
  }
  const auto unknown = findTarget("abacus");
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.error().remedy.find("edge-tpu") != std::string::npos);
}

TEST_CASE("the CPU refuses nothing", "[quantization][targets]") {
  const auto plan = planFor(network(), "int8", "cpu");
  for (const PlannedOperator& op : plan->operators) CHECK(op.targetRefusal.empty());
  CHECK(targetFindings(*network(), **findTarget("cpu")).empty());
}

TEST_CASE("a form that the device lacks gives way to one that it has", "[quantization][targets]") {
  const auto hybrid = planFor(network(), "dynamic-range", "micro");
  CHECK(hybrid->operators[0].effective == Precision::Float32);
  CHECK(hybrid->operators[0].reason.find("micro has no CONV_2D with integer weights") != std::string::npos);
  const auto wide = planFor(network(), "int16x8", "edge-tpu");
  CHECK(wide->operators[0].effective == Precision::Int8);
  CHECK(wide->operators[0].reason.find("int16") != std::string::npos);
  const auto half = planFor(network(), "dynamic-range", "gpu");
  CHECK(half->operators[0].effective == Precision::Float16);
}

TEST_CASE("operators that an accelerator refuses stay as the CPU computes them, and are named",
          "[quantization][targets]") {
  const auto plan = planFor(network(true, 2), "int8", "edge-tpu");
  CHECK(plan->operators[0].targetRefusal.empty());
  CHECK(plan->operators[1].targetRefusal == "edge-tpu has no FLOOR");
  CHECK(plan->operators[2].effective == Precision::Int8);
  CHECK(plan->operators[2].targetRefusal.find("dilations differ") != std::string::npos);
  CHECK(plan->operators[3].targetRefusal.find("one row") != std::string::npos);
  size_t named = 0;
  for (const std::string& warning : plan->warnings) named += warning.find("runs on the CPU") != std::string::npos;
  CHECK(named == 3);
}

TEST_CASE("verify names every offence of a quantized model, by operator", "[quantization][targets]") {
  const auto model = network(true, 2);
  const CalibrationResult ranges = uniformRanges(*model);
  Recipe recipe = *recipeForMode("int8");
  const auto result = quantized(model, recipe, &ranges);
  const auto findings = targetFindings(*result, **findTarget("edge-tpu"));
  // QUANTIZE and DEQUANTIZE at both ends and around FLOOR, FLOOR, the dilated CONV_2D and the SOFTMAX.
  CHECK(findings.size() == 7);
  for (const Finding& finding : findings) {
    CHECK(finding.severity == Severity::Error);
    CHECK(finding.op.valid());
    CHECK(finding.what.find("edge-tpu") != std::string::npos);
    CHECK_FALSE(finding.why.empty());
  }

  const auto fitting = network(false);
  const CalibrationResult fittingRanges = uniformRanges(*fitting);
  recipe.inputType = recipe.outputType = BoundaryType::Int8;
  recipe.setOperator(3, Scheme{.precision = Precision::Int8});
  const auto whole = quantized(fitting, recipe, &fittingRanges);
  const auto only = targetFindings(*whole, **findTarget("edge-tpu"));
  REQUIRE(only.size() == 1);
  CHECK(only[0].what == "SOFTMAX does not run on edge-tpu");
  CHECK(targetFindings(*whole, **findTarget("hexagon")).empty());
  CHECK(targetFindings(*whole, **findTarget("micro")).empty());
}

TEST_CASE("a device that takes one scale for dense weights gets one", "[quantization][targets]") {
  ModelBuilder b;
  const auto x = b.tensor({1, 64}), y = b.tensor({1, 8});
  b.fullyConnected(x, b.randomConstant({8, 64}), b.randomConstant({8}), y);
  b.inputs({x});
  b.outputs({y});
  const auto model = b.build();
  const CalibrationResult ranges = uniformRanges(*model);
  Recipe recipe = *recipeForMode("int8-full");
  recipe.target = "ethos-u";
  const auto result = quantized(model, recipe, &ranges);
  const Operator& op = findOperator(*result, tflite::BuiltinOperator_FULLY_CONNECTED);
  CHECK(result->subgraphs[0].tensor(op.input(1)).quantization->scale.size() == 1);
  CHECK(targetFindings(*result, **findTarget("ethos-u")).empty());
}

TEST_CASE("presets are ordinary recipes for their target", "[quantization][targets]") {
  const auto model = network(false);
  for (const Target& target : targets()) {
    for (const std::string& name : optimizeNames()) {
      for (const bool samples : {true, false}) {
        const Recipe recipe = presetRecipe(*model, target, *parseOptimize(name), samples);
        CHECK(recipe.target == target.name);
        CHECK(*recipeFromJson(recipeToJson(recipe)) == recipe);
        const CalibrationResult ranges = assumedRanges(*model);
        const auto plan = planQuantization(model, recipe, &ranges);
        if (!plan) FAIL(plan.error().message());
        if (samples || !target.integerOnly) continue;
        // What cannot be had without samples is asked for all the same; the plan says that it waits.
        CHECK((*planQuantization(model, recipe, nullptr))->needsCalibration);
      }
    }
  }
  const Recipe size = presetRecipe(*model, **findTarget("cpu"), Optimize::Size, true);
  const auto resolved = *resolveRecipe(size, *model);
  CHECK(resolved.operators[0].precision == Precision::Int8);  // the first with weights
  CHECK(resolved.operators[2].precision == Precision::Int8);  // the last
  const Recipe balanced = presetRecipe(*model, **findTarget("cpu"), Optimize::Balanced, true);
  CHECK(resolveRecipe(balanced, *model)->operators[3].precision == Precision::Float32);  // probabilities
}

TEST_CASE("the guide goes from device and samples to a mode, with reasons", "[quantization][targets]") {
  const auto model = network(false);
  auto adviceFor = [&](const char* target, bool samples) {
    const auto advice = advise(model, **findTarget(target), samples);
    if (!advice) FAIL(advice.error().message());
    CHECK_FALSE(advice->reasons.empty());
    CHECK(advice->options.front().mode == advice->mode);
    return *advice;
  };
  CHECK(adviceFor("cpu", true).mode == "int8");
  CHECK(adviceFor("cpu", false).mode == "dynamic-range");
  CHECK(adviceFor("gpu", true).mode == "float16");
  CHECK(adviceFor("edge-tpu", true).mode == "int8-full");
  CHECK(adviceFor("micro", true).mode == "int8-full");
  const Advice blind = adviceFor("edge-tpu", false);
  CHECK(blind.mode == "int8-full");
  CHECK(std::any_of(blind.reasons.begin(), blind.reasons.end(),
                    [](const std::string& reason) { return reason.find("need samples") != std::string::npos; }));
  for (const AdviceOption& option : adviceFor("cpu", true).options) CHECK(option.bytes > 0);
}

TEST_CASE("a model that is quantized already is left as it is", "[quantization][targets]") {
  const auto model = network(false);
  const CalibrationResult ranges = uniformRanges(*model);
  const auto advice = advise(quantized(model, *recipeForMode("int8"), &ranges), **findTarget("cpu"), true);
  REQUIRE(advice.ok());
  CHECK(advice->mode == "keep");
  CHECK(advice->reasons[0].find("quantized already (int8)") != std::string::npos);
}
