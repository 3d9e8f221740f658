#include "core/runtime/operator_findings.h"

#include <algorithm>

#include "core/io/tflite_reader.h"
#include "core/runtime/interpreter.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"
#include "tests/support/paths.h"

using namespace quantscope;

namespace {

std::string said(const std::vector<Finding>& findings, const Model& model) {
  std::string text;
  for (const Finding& f : findings) text += findingPlace(model, f) + ": " + f.what + ": " + f.why + "\n";
  return text;
}

std::vector<int32_t> operatorsNamed(const std::vector<Finding>& findings) {
  std::vector<int32_t> list;
  for (const Finding& finding : findings) list.push_back(finding.op.value);
  return list;
}

}  // namespace

TEST_CASE("each operator with operands that do not fit is named, one offence does not hide the others", "[runtime]") {
  tests::ModelBuilder builder;
  const auto x = builder.tensor({1, 8, 8, 3}), y = builder.tensor({1, 8, 8, 4}), z = builder.tensor({1, 4});
  const auto sum = builder.tensor({1, 8, 8, 4}), scores = builder.tensor({1, 10});
  // A bias of 5 for 4 channels; an axis that is not there; weights of 7 columns for 4 values.
  builder.conv2d(x, builder.randomConstant({4, 3, 3, 3}, "w"), builder.randomConstant({5}, "bias"), y);
  builder.add(y, y, sum);
  builder.op(tflite::BuiltinOperator_MEAN, {sum, builder.indices({1, 9})}, {z}).options.Set(tflite::ReducerOptionsT{});
  builder.fullyConnected(z, builder.randomConstant({10, 7}, "w2"), TensorIndex(), scores);
  builder.inputs({x});
  builder.outputs({scores});
  const auto model = builder.build();
  CHECK(structuralFindings(*model).empty());

  const auto findings = operatorFindings(model);
  INFO(said(findings, *model));
  CHECK(operatorsNamed(findings) == std::vector<int32_t>{0, 2, 3});
  for (const Finding& finding : findings) {
    CHECK(finding.severity == Severity::Error);
    CHECK_FALSE(finding.why.empty());
  }
  // It refuses to run for the first of these reasons.
  const auto prepared = PreparedModel::prepare(model);
  REQUIRE_FALSE(prepared.ok());
  CHECK_THAT(prepared.error().message(), ContainsSubstring("operator 0 CONV_2D") && ContainsSubstring(findings[0].why));
}

TEST_CASE("operators that this program cannot execute are warnings", "[runtime]") {
  tests::ModelBuilder builder;
  const auto x = builder.tensor({1, 4}), y = builder.tensor({1, 4}), z = builder.tensor({1, 4});
  builder.op(tflite::BuiltinOperator_CUSTOM, {x}, {y});
  builder.model.operatorCodes.back().customCode = "MyOp";
  builder.model.operatorCodes.back().hasCustomCode = true;
  builder.add(y, y, z);
  builder.inputs({x});
  builder.outputs({z});
  const auto findings = operatorFindings(builder.build());
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == Severity::Warning);
  CHECK(findings[0].op == OperatorIndex(0));
}

TEST_CASE("operators of subgraphs that nothing calls are looked at too", "[runtime]") {
  tests::ModelBuilder builder;
  const auto x = builder.tensor({1, 4});
  builder.inputs({x});
  builder.outputs({x});
  builder.beginSubgraph();
  const auto a = builder.tensor({1, 4}), b = builder.tensor({1, 5}), c = builder.tensor({1, 4});
  builder.add(a, b, c);
  builder.inputs({a, b});
  builder.outputs({c});
  const auto findings = operatorFindings(builder.build());
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].subgraph == 1);
}

TEST_CASE("real models have no findings", "[runtime]") {
  const auto shared = tests::sharedFolder();
  if (!shared) return tests::skipLoudly("findings of real models", "there is no shared folder");
  size_t models = 0;
  for (const auto* folder : {"models", "golden/models"}) {
    for (const auto& file : std::filesystem::recursive_directory_iterator(*shared / folder)) {
      if (file.path().extension() != ".tflite") continue;
      const auto model = readModel(file.path());
      REQUIRE(model.ok());
      ++models;
      const auto findings = operatorFindings(*model);
      const bool errors = std::ranges::any_of(findings, [](const Finding& f) { return f.severity == Severity::Error; });
      INFO(file.path().string() + "\n" + said(findings, **model));
      CHECK_FALSE(errors);
    }
  }
  CHECK(models > 60);
}
