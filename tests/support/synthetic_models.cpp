#include "tests/support/synthetic_models.h"

#include <string>

#include "tests/support/model_builder.h"

namespace quantscope::tests {

namespace {

constexpr int32_t kChannels = 8, kWidth = 4, kTokens = 4;
constexpr int kBranches = 32;

/// Appends operators until there are enough; tensors are named by the path of what makes them.
class Synthesis {
public:
  explicit Synthesis(int operators) : m_wanted(static_cast<size_t>(operators)) {}

  std::shared_ptr<const Model> make(SyntheticKind kind) {
    const bool tokens = kind == SyntheticKind::Transformer;
    const TensorIndex input = tokens
                                  ? m_builder.tensor({1, kTokens, kChannels}, ElementType::Float32, "tokens")
                                  : m_builder.tensor({1, kWidth, kWidth, kChannels}, ElementType::Float32, "picture");
    m_builder.inputs({input});
    m_filter = m_builder.randomConstant({kChannels, 3, 3, kChannels}, "filter", 1);
    m_dense = m_builder.randomConstant({kChannels, kChannels}, "dense", 2);
    m_bias = m_builder.randomConstant({kChannels}, "bias", 3);
    TensorIndex x = input;
    if (tokens) m_mask = unary(tflite::BuiltinOperator_LOGISTIC, dense(x, "mask/scores"), "mask/values");
    for (int block = 0; m_builder.graph().operators.size() < m_wanted; ++block) x = addBlock(kind, block, x);
    m_builder.outputs({x});
    return m_builder.build();
  }

private:
  TensorIndex addBlock(SyntheticKind kind, int block, TensorIndex x) {
    const std::string number = std::to_string(block);
    switch (kind) {
      case SyntheticKind::Chain:
        return conv(x, "stage_" + std::to_string(block / 10) + "/conv_" + number + "/Conv2D");
      case SyntheticKind::Residual: {
        const std::string scope = "stage_" + std::to_string(block / 8) + "/block_" + number;
        return sum(conv(conv(x, scope + "/conv_0"), scope + "/conv_1"), x, scope + "/sum");
      }
      case SyntheticKind::Transformer:
        return encoderLayer(x, "encoder/layer_" + number);
      case SyntheticKind::Inception:
        return module(x, "mixed_" + number);
    }
    return x;
  }

  TensorIndex encoderLayer(TensorIndex x, const std::string& scope) {
    const std::string attention = scope + "/attention", feed = scope + "/feed_forward";
    const TensorIndex query = dense(x, attention + "/query"), key = dense(x, attention + "/key"),
                      value = dense(x, attention + "/value");
    const TensorIndex scores = sum(query, key, attention + "/scores"),
                      masked = sum(scores, m_mask, attention + "/mask");
    const TensorIndex weights = unary(tflite::BuiltinOperator_SOFTMAX, masked, attention + "/softmax");
    const TensorIndex mixed = dense(sum(weights, value, attention + "/mix"), attention + "/output");
    const TensorIndex attended = sum(mixed, x, attention + "/residual");
    const TensorIndex inner =
        unary(tflite::BuiltinOperator_LOGISTIC, dense(attended, feed + "/expand"), feed + "/activation");
    return sum(dense(inner, feed + "/contract"), attended, feed + "/residual");
  }

  TensorIndex module(TensorIndex x, const std::string& scope) {
    std::vector<TensorIndex> ends;
    for (int branch = 0; branch < kBranches; ++branch) {
      TensorIndex y = x;
      for (int depth = 0; depth <= branch % 3; ++depth)
        y = conv(y, scope + "/branch_" + std::to_string(branch) + "/conv_" + std::to_string(depth));
      ends.push_back(y);
    }
    const TensorIndex joined =
        m_builder.tensor({1, kWidth, kWidth, kChannels * kBranches}, ElementType::Float32, scope + "/concat");
    tflite::ConcatenationOptionsT options;
    options.axis = 3;
    m_builder.op(tflite::BuiltinOperator_CONCATENATION, ends, {joined}).options.Set(std::move(options));
    if (!m_reduce.valid()) m_reduce = m_builder.randomConstant({kChannels, 1, 1, kChannels * kBranches}, "reduce", 4);
    const TensorIndex y = picture(scope + "/reduce");
    m_builder.conv2d(joined, m_reduce, m_bias, y);
    return y;
  }

  TensorIndex picture(const std::string& name) {
    return m_builder.tensor({1, kWidth, kWidth, kChannels}, ElementType::Float32, name);
  }
  TensorIndex like(TensorIndex x, const std::string& name) {
    const std::vector<int32_t> shape = m_builder.graph().tensor(x).shape;
    return m_builder.tensor(shape, ElementType::Float32, name);
  }
  TensorIndex conv(TensorIndex x, const std::string& name) {
    const TensorIndex y = picture(name);
    m_builder.conv2d(x, m_filter, m_bias, y);
    return y;
  }
  TensorIndex dense(TensorIndex x, const std::string& name) {
    const TensorIndex y = like(x, name);
    tflite::FullyConnectedOptionsT options;
    options.keep_num_dims = true;
    m_builder.op(tflite::BuiltinOperator_FULLY_CONNECTED, {x, m_dense, m_bias}, {y}).options.Set(std::move(options));
    return y;
  }
  TensorIndex sum(TensorIndex a, TensorIndex b, const std::string& name) {
    const TensorIndex y = like(a, name);
    m_builder.add(a, b, y);
    return y;
  }
  TensorIndex unary(tflite::BuiltinOperator code, TensorIndex x, const std::string& name) {
    const TensorIndex y = like(x, name);
    Operator& op = m_builder.op(code, {x}, {y});
    if (code == tflite::BuiltinOperator_SOFTMAX) {
      tflite::SoftmaxOptionsT options;
      options.beta = 1;
      op.options.Set(std::move(options));
    }
    return y;
  }

  ModelBuilder m_builder;
  size_t m_wanted;
  TensorIndex m_filter, m_dense, m_bias, m_mask, m_reduce;
};

}  // namespace

std::string_view syntheticName(SyntheticKind kind) {
  switch (kind) {
    case SyntheticKind::Chain:
      return "chain";
    case SyntheticKind::Residual:
      return "residual";
    case SyntheticKind::Transformer:
      return "transformer";
    case SyntheticKind::Inception:
      return "inception";
  }
  return {};
}

std::shared_ptr<const Model> makeSyntheticModel(SyntheticKind kind, int operators) {
  return Synthesis(operators).make(kind);
}

}  // namespace quantscope::tests
