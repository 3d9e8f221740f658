#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/quantization/targets/presets.h"

namespace quantscope {

/// One mode as seen from a device.
struct AdviceOption {
  std::string mode;
  bool suits = false;
  std::string why;        ///< why it suits or not, one sentence
  int64_t bytes = 0;      ///< predicted, of the file
  int32_t operators = 0;  ///< that compute in what the mode is named after
  int32_t refused = 0;    ///< that the device leaves to the CPU or does not run at all
};

/// From "what will run it, are there samples" to a mode, with reasons.
struct Advice {
  std::string target;
  bool samples = false;
  std::string mode;                   ///< the one to take; "float32": none; "keep": the model is quantized already
  std::vector<std::string> reasons;   ///< in words, the weightiest first
  std::vector<AdviceOption> options;  ///< every mode, the better ones first
  std::vector<std::string> remarks;   ///< what stands in the way: operators the device refuses, ...
};

/// The model is float, or is taken as it is (then the advice is to leave it). Errors: those of planQuantization().
Result<Advice> advise(std::shared_ptr<const Model> model, const Target& target, bool samples);

}  // namespace quantscope
