#include "core/quantization/targets/target_list.h"

namespace quantscope::quantization {

Target cpuTarget() {
  Target target;
  target.name = "cpu";
  target.title = "CPU (LiteRT, TensorFlow Lite)";
  target.about = "Runs every operator in float; what it computes in integers is in the table of operator rules.";
  target.source = "core/ops/operator_rules.cpp, tested on the kernels of the real runtime";
  target.others = kFloatForm | kHalfForm | kWeightOnlyForm | kHybridForm | kHybrid4Form | kInt8Form | kInt16Form |
                  kInt4Form | kInt4x16Form;
  target.all = target.others;
  target.mode = "int8";
  target.modeWithoutSamples = "dynamic-range";
  return target;
}

}  // namespace quantscope::quantization
